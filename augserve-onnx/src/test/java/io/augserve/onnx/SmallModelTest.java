package io.augserve.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.AugServe;
import io.augserve.request.FinishReason;
import io.augserve.request.Generation;
import io.augserve.request.GenerationEvent;
import io.augserve.request.GenerationRequest;
import io.augserve.request.GenerationResult;
import io.augserve.request.ServerStats;
import io.augserve.tool.Tool;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The whole stack on the small trained model, with greedy decoding and real threads. */
@Timeout(300)
class SmallModelTest {
    private static AugServe server;

    @BeforeAll
    static void start() {
        server = AugServe.builder(OnnxEngine.open(HeldOut.model())).build();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void atLeast95PercentOf300HeldOutPromptsEndRight() {
        List<HeldOut> all = HeldOut.all();
        assertThat(all).hasSize(300);
        List<Generation> generations = all.stream()
                .map(heldOut -> server.submit(
                        GenerationRequest.chat(heldOut.prompt()).id(heldOut.id()).tools(heldOut.tools()).build()))
                .toList();
        Map<String, int[]> byCategory = new TreeMap<>();
        List<String> wrong = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            GenerationResult result = generations.get(i).join();
            int[] counts = byCategory.computeIfAbsent(all.get(i).category(), category -> new int[2]);
            counts[1]++;
            if (all.get(i).isRight(result)) {
                counts[0]++;
            } else {
                wrong.add(all.get(i).id() + " '" + all.get(i).prompt() + "': expected '" + all.get(i).answer()
                        + "', got '" + result.text() + "'");
            }
        }
        StringBuilder table = new StringBuilder("held-out prompts right:");
        byCategory.forEach((category, counts) -> table.append(' ').append(category).append(' ').append(counts[0])
                .append('/').append(counts[1]).append(';'));
        System.out.println(table);
        assertThat(wrong.size()).as(table + "\n" + String.join("\n", wrong)).isLessThanOrEqualTo(15);
    }

    @Test
    void whatAToolMakesUpChangesTheAnswer() {
        assertThat(ask("What is the weather in Oslo?", "get_weather", "14 degrees and rain"))
                .isEqualTo("The weather in Oslo is 14 degrees and rain.");
        assertThat(ask("What is the weather in Oslo?", "get_weather", "33 degrees and sun"))
                .isEqualTo("The weather in Oslo is 33 degrees and sun.");
        assertThat(ask("What is 37 * 12?", "calculator", "444")).isEqualTo("37 * 12 is 444.");
        assertThat(ask("What is 37 * 12?", "calculator", "91")).isEqualTo("37 * 12 is 91.");
    }

    private static String ask(String prompt, String answering, String answer) {
        return server.submit(GenerationRequest.chat(prompt).tools(tools(answering, answer)).build()).join().text();
    }

    private static Tool[] tools(String answering, String answer) {
        return HeldOut.specs().stream().map(spec -> Tool.of(spec.name(), spec.description(), spec.parametersSchema(),
                arguments -> spec.name().equals(answering) ? answer : "error: wrong tool")).toArray(Tool[]::new);
    }

    @Test
    void aFailingToolIsToldAndTheRequestGoesOn() {
        Tool[] failing = HeldOut.specs().stream().map(spec -> Tool.of(spec.name(), spec.description(),
                spec.parametersSchema(), arguments -> {
                    throw new IllegalStateException("service unavailable");
                })).toArray(Tool[]::new);
        GenerationResult result = server
                .submit(GenerationRequest.chat("What is the weather in Oslo?").tools(failing).build()).join();
        assertThat(result.segments().getFirst().results().getFirst().text()).isEqualTo("error: service unavailable");
        assertThat(result.text()).isEqualTo("Sorry, that did not work: service unavailable.");
    }

    @Test
    void twoHundredRequestsWithCancelsAndFailingToolsAllEnd() throws Exception {
        List<HeldOut> all = HeldOut.all();
        Random random = new Random(11);
        List<Generation> generations = new ArrayList<>();
        List<StringBuilder> streams = new ArrayList<>();
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            HeldOut heldOut = all.get(i);
            boolean failing = i % 10 == 3;
            Tool[] tools = failing
                    ? tools("none", "")
                    : heldOut.tools();
            Generation generation = server.submit(GenerationRequest.chat(heldOut.prompt()).tools(tools).build());
            generations.add(generation);
            StringBuilder stream = new StringBuilder();
            CompletableFuture<Void> end = new CompletableFuture<>();
            int cancelAfter = i % 5 == 1 ? random.nextInt(30) : Integer.MAX_VALUE;
            generation.events().subscribe(new Reader(generation, stream, end, cancelAfter));
            if (cancelAfter == 0) {
                generation.cancel();
            }
            streams.add(stream);
            ends.add(end);
        }
        int cancelled = 0;
        for (int i = 0; i < 200; i++) {
            GenerationResult result = generations.get(i).result().toCompletableFuture().get(120, TimeUnit.SECONDS);
            ends.get(i).get(10, TimeUnit.SECONDS);
            cancelled += result.finishReason() == FinishReason.CANCELLED ? 1 : 0;
            String all0 = result.segments().stream().map(segment -> segment.text()).reduce("", String::concat);
            assertThat(streams.get(i).toString()).isEqualTo(all0);
        }
        assertThat(cancelled).isBetween(20, 40);
        // The loop is alive, and once it has answered, everything before it has been given back.
        assertThat(ask("What is 37 * 12?", "calculator", "444")).isEqualTo("37 * 12 is 444.");
        ServerStats stats = server.stats();
        for (int i = 0; i < 1000 && stats.running() + stats.waiting() + stats.paused() > 0; i++) {
            ask("hello", "none", "");
            stats = server.stats();
        }
        assertThat(stats.freeBlocks()).isEqualTo(stats.capacityBlocks());
    }

    /** Collects the text and cancels after so many events. */
    private static final class Reader implements Flow.Subscriber<GenerationEvent> {
        private final Generation generation;
        private final StringBuilder text;
        private final CompletableFuture<Void> end;
        private int left;

        Reader(Generation generation, StringBuilder text, CompletableFuture<Void> end, int cancelAfter) {
            this.generation = generation;
            this.text = text;
            this.end = end;
            this.left = cancelAfter;
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(GenerationEvent event) {
            if (event instanceof GenerationEvent.TextPiece piece) {
                text.append(piece.text());
            }
            if (--left == 0) {
                generation.cancel();
            }
        }

        @Override
        public void onError(Throwable failure) {
            end.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            end.complete(null);
        }
    }
}
