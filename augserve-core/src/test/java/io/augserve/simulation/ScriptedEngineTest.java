package io.augserve.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.engine.Batch;
import io.augserve.engine.ForcedSequence;
import io.augserve.engine.Sample;
import io.augserve.engine.Slice;
import io.augserve.engine.StepOutcome;
import io.augserve.request.SamplingOptions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScriptedEngineTest {
    private static final Scripts SCRIPTS = new Scripts(
            List.of(TraceRequest.of("a", "test", 3,
                    List.of(TraceSegment.calling(2, "search", 1, 2), TraceSegment.last(2))),
                    TraceRequest.of("b", "test", 3, List.of(TraceSegment.last(1)))));

    private final CountingEngine engine = new CountingEngine();
    private final List<String> told = new ArrayList<>();
    private final ScriptedEngine scripted = scripted(1);

    /** What is known of a request whose prompt has so many tokens, and what comes after it. */
    private static ForcedSequence known(long id, int request, int prompt, int... after) {
        ForcedSequence sequence = new ForcedSequence(id,
                position -> position < prompt ? request : after[position - prompt], SamplingOptions.greedy());
        sequence.know(prompt);
        return sequence;
    }

    private ScriptedEngine scripted(long salt) {
        return new ScriptedEngine(engine, SCRIPTS, salt, new SimulatedEngine.StepObserver() {
            @Override
            public void stepped(Batch batch, int tokens) {
                told.add("step of " + tokens);
            }

            @Override
            public void sampled(int request, int place) {
                told.add(request + " has " + place);
            }
        });
    }

    private int sample(ScriptedEngine from, ForcedSequence known) {
        Slice slice = known.advance(known.length() - known.computed());
        StepOutcome.Completed outcome = (StepOutcome.Completed) from.step(new Batch(List.of(slice)));
        return ((Sample.Token) outcome.samples().getFirst()).output().token();
    }

    @Test
    void samplesAreTheScriptsAndTheTokensAreComputed() {
        int[] expected = {ScriptTokens.output(0, 1), ScriptTokens.call(0, 0), ScriptTokens.output(1, 1),
                ScriptTokens.STOP};
        ForcedSequence a = known(1, 0, 3, expected[0], expected[1], ScriptTokens.result(1), ScriptTokens.result(1),
                expected[2]);
        int first = sample(scripted, a);
        a.know(4);
        int call = sample(scripted, a);
        a.know(7);
        int third = sample(scripted, a);
        a.know(8);
        int stop = sample(scripted, a);

        assertThat(new int[]{first, call, third, stop}).containsExactly(expected);
        assertThat(scripted.spec().endTokens()).contains(call, stop).doesNotContain(first, third);
        // Prompt; the first output; the call with two tokens of its result; the third output.
        assertThat(engine.computed.stream().map(List::size)).containsExactly(3, 1, 3, 1);
        assertThat(told).containsExactly("0 has 1", "step of 3", "0 has 2", "step of 1", "0 has 1", "step of 3",
                "0 has 2", "step of 1");
    }

    @Test
    void aChunkThatEndsEarlySamplesNothing() {
        StepOutcome.Completed outcome = (StepOutcome.Completed) scripted
                .step(new Batch(List.of(new Slice(known(1, 0, 3), 0, 2))));
        assertThat(outcome.samples()).isEmpty();
        assertThat(told).containsExactly("step of 2");
    }

    @Test
    void theModelSeesItsOwnTokensTheSameEveryTime() {
        sample(scripted, known(1, 0, 32));
        sample(scripted, known(1, 0, 32));
        assertThat(engine.computed.get(0)).isEqualTo(engine.computed.get(1))
                .allSatisfy(token -> assertThat(token).isBetween(0, CountingEngine.VOCABULARY - 1));
        assertThat(engine.computed.get(0).stream().distinct().count()).isGreaterThan(10);
    }

    /** A cache that recognises equal contents must find nothing of another request or run. */
    @Test
    void noTwoRequestsOrRunsBeginAlike() {
        sample(scripted, known(1, 0, 16));
        sample(scripted, known(2, 1, 16));
        sample(scripted(2), known(3, 0, 16));
        assertThat(engine.computed).doesNotHaveDuplicates();
    }

    @Test
    void aBrokenSequenceStaysBroken() {
        engine.isBroken = true;
        StepOutcome.Completed outcome = (StepOutcome.Completed) scripted
                .step(new Batch(List.of(new Slice(known(1, 0, 3), 0, 3))));
        assertThat(outcome.samples()).containsExactly(new Sample.Fault("broken"));
    }
}
