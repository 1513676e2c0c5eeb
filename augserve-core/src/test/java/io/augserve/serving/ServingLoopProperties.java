package io.augserve.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.request.FinishReason;
import io.augserve.request.Generation;
import io.augserve.request.GenerationResult;
import io.augserve.engine.StepOutcome;
import io.augserve.predict.CostModel;
import io.augserve.schedule.Policies;
import io.augserve.schedule.Scheduler;
import io.augserve.serving.LoopHarness.Recorder;
import io.augserve.tool.Tool;
import io.augserve.tool.ToolResult;
import io.augserve.tool.ToolSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Random traffic, faults and cancellations: every handle completes, nothing leaks, and what is answered is right. */
class ServingLoopProperties {
    @Property(tries = 1500)
    void everyHandleCompletesAndAllBlocksComeBack(@ForAll long seed, @ForAll @IntRange(min = 12, max = 60) int blocks,
            @ForAll @IntRange(min = 1, max = 24) int budget, @ForAll("policies") String policy,
            @ForAll @IntRange(max = 40) int hostBlocks, @ForAll @IntRange(max = 100) int swapMicros) {
        SplittableRandom random = new SplittableRandom(seed);
        ToyEngine engine = new ToyEngine(blocks, 4, 4 * 12, hostBlocks, EchoModel::turn);
        engine.intercept(batch -> random.nextInt(20) == 0
                ? Optional.of(new StepOutcome.Failed(new IllegalStateException("hiccup"), false))
                : Optional.empty());
        Scheduler scheduler = Policies
                .create(policy, new Policies.Machine(budget, new CostModel(0.001, 0.0001, swapMicros * 1e-6)))
                .orElseThrow().scheduler();
        List<CompletableFuture<ToolResult>> out = new ArrayList<>();
        LoopHarness harness = new LoopHarness(engine, scheduler, budget, 1000,
                Tool.of(new ToolSpec("double", "", "{}"), (call, context) -> {
                    CompletableFuture<ToolResult> future = new CompletableFuture<>();
                    out.add(future);
                    return future;
                }));
        List<Generation> generations = new ArrayList<>();
        List<Recorder> recorders = new ArrayList<>();
        List<String> questions = new ArrayList<>();
        for (int event = 0; event < 120; event++) {
            switch (random.nextInt(6)) {
                case 0, 1 -> {
                    String question = List.of("tool ", "tools ", "say ").get(random.nextInt(3)) + (char) ('a'
                            + random.nextInt(26));
                    questions.add(question);
                    generations.add(harness.submit(question));
                    recorders.add(Recorder.of(generations.getLast()));
                }
                case 2 -> {
                    if (!generations.isEmpty() && random.nextInt(3) == 0) {
                        generations.get(random.nextInt(generations.size())).cancel();
                    }
                }
                case 3 -> answerOne(out, random);
                default -> harness.cycle();
            }
        }
        harness.drain();
        while (!out.isEmpty()) {
            answerOne(out, random);
            harness.drain();
        }
        assertThat(engine.kvCache().free()).isEqualTo(blocks);
        assertThat(engine.kvCache().hostFree()).isEqualTo(hostBlocks);
        assertThat(harness.loop.live()).isZero();
        assertThat(harness.admission.inHouse()).isZero();
        for (int i = 0; i < generations.size(); i++) {
            CompletableFuture<GenerationResult> future = generations.get(i).result().toCompletableFuture();
            assertThat(future).isDone();
            assertThat(recorders.get(i).completed).isTrue();
            if (!future.isCompletedExceptionally() && future.join().finishReason() == FinishReason.STOP) {
                check(questions.get(i), future.join(), recorders.get(i));
            }
        }
    }

    /** Waiting requests of more value that did not fit kept the running ones from being looked at. */
    @Example
    void valuableWaitingRequestsDoNotStallTheRunningOnes() {
        everyHandleCompletesAndAllBlocksComeBack(0, 12, 5, "augserve", 0, 0);
    }

    /** What a request held that waited while another one made its last attempt was nobody's to take. */
    @Example
    void aLastAttemptLeavesNoMemoryThatNobodyCanTake() {
        everyHandleCompletesAndAllBlocksComeBack(-2, 13, 24, "goodput", 32, 0);
    }

    @Provide
    Arbitrary<String> policies() {
        return Arbitraries.of(Policies.names());
    }

    private static void answerOne(List<CompletableFuture<ToolResult>> out, SplittableRandom random) {
        if (!out.isEmpty()) {
            CompletableFuture<ToolResult> future = out.remove(random.nextInt(out.size()));
            if (random.nextInt(10) == 0) {
                future.completeExceptionally(new IllegalStateException("no"));
            } else {
                future.complete(ToolResult.of("r"));
            }
        }
    }

    private static void check(String question, GenerationResult result, Recorder recorder) {
        if (question.startsWith("say")) {
            assertThat(result.text()).isEqualTo("you said " + question);
        } else {
            assertThat(result.text()).isIn("got r", "got error: no", "got r and r", "got r and error: no",
                    "got error: no and r", "got error: no and error: no");
        }
        String all = result.segments().stream().map(segment -> segment.text()).reduce("", String::concat);
        assertThat(recorder.text()).isEqualTo(all);
    }
}
