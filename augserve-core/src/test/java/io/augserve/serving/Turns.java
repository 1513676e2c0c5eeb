package io.augserve.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.request.Generation;
import io.augserve.request.GenerationRequest;
import io.augserve.request.GenerationResult;
import io.augserve.request.OutputToken;
import io.augserve.request.SessionRetention;
import io.augserve.schedule.RequestView;
import io.augserve.schedule.Scheduler;
import io.augserve.schedule.SchedulerView;
import io.augserve.schedule.StepPlan;
import io.augserve.tool.ToolSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Turns that end in calls of their callers' tools. One character is a token. The question is {@code U:see[look:a]}, 16 tokens with the marker of the
 * model's turn; the model says {@code see[look:a]} and an end token, so 28 tokens are known and the last one of them is not computed.
 */
final class Turns {
    static final ToolSpec LOOK = new ToolSpec("look", "looks", "{}");
    static final String QUESTION = "U:see[look:a]\nA:";
    static final SessionRetention RETENTION = new SessionRetention(3, 2, Duration.ofMillis(500),
            Duration.ofSeconds(10));

    private Turns() {}

    /** 64 blocks of 4 tokens in both memories. */
    static ToyEngine engine() {
        return new ToyEngine(64, 4, 200, 64, Turns::turn);
    }

    static LoopHarness harness(ToyEngine engine, Scheduler scheduler, SessionRetention retention) {
        return new LoopHarness(engine, scheduler, 16, 100, LoopLimits.of(8, 2), retention);
    }

    /** What is asked for; after a result of "more", another call; after any other, the result. */
    private static String turn(String conversation) {
        int result = conversation.lastIndexOf("R:");
        String last = conversation.substring(result < 0 ? conversation.lastIndexOf("U:") : result);
        String said = last.substring(2, last.indexOf('\n'));
        return said.equals("more") ? "[look:b]" : (result < 0 ? "" : "got ") + said;
    }

    static int[] tokens(String text) {
        return text.chars().toArray();
    }

    static GenerationRequest.Builder request(int[] prompt) {
        return GenerationRequest.tokens(prompt).declare(LOOK);
    }

    static GenerationRequest.Builder request(String prompt) {
        return request(tokens(prompt));
    }

    /** A turn's tokens, the model's included, and what its caller's tool returned: seven tokens more than that says. */
    static int[] followUp(int[] prompt, GenerationResult turn, String returned) {
        return IntStream.concat(
                IntStream.concat(IntStream.of(prompt), turn.tokens().stream().mapToInt(OutputToken::token)),
                IntStream.of(tokens("\nR:" + returned + "\nA:"))).toArray();
    }

    static GenerationResult serve(LoopHarness on, GenerationRequest.Builder request) {
        Generation generation = on.submit(request.build());
        on.cyclesUntil(() -> on.result(generation) != null);
        return on.result(generation);
    }

    static long computed(LoopHarness on) {
        on.cycle();
        return on.loop.stats().computedTokens();
    }

    static void assertNothingIsLeft(ToyEngine engine, LoopHarness harness) {
        assertThat(engine.known()).isZero();
        assertThat(engine.kvCache().free()).isEqualTo(64);
        assertThat(engine.kvCache().hostFree()).isEqualTo(64);
        assertThat(harness.loop.parked()).isZero();
        assertThat(harness.loop.violations()).isEmpty();
    }

    /** Nobody loses anything. */
    static StepPlan keepAll(SchedulerView view) {
        List<RequestView> all = new ArrayList<>(view.running());
        all.addAll(view.waiting());
        return new StepPlan(all.stream()
                .map(each -> new StepPlan.Grant(each, Math.min(each.uncomputedTokens(), 16 / all.size()))).toList(),
                List.of(), List.of());
    }
}
