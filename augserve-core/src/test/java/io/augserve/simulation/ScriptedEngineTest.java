package io.augserve.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.engine.Batch;
import io.augserve.engine.Sample;
import io.augserve.engine.Sequence;
import io.augserve.engine.Slice;
import io.augserve.engine.StepOutcome;
import io.augserve.request.SamplingOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
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

    private record Known(long id, List<Integer> tokens) implements Sequence {
        static Known of(long id, Integer... tokens) {
            return new Known(id, new ArrayList<>(Arrays.asList(tokens)));
        }

        @Override
        public int length() {
            return tokens.size();
        }

        @Override
        public int token(int position) {
            return tokens.get(position);
        }

        @Override
        public SamplingOptions sampling() {
            return SamplingOptions.greedy();
        }

        @Override
        public long seed() {
            return 0;
        }

        @Override
        public boolean isOutput(int position) {
            return false;
        }
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

    private int sample(ScriptedEngine from, Known known, int start) {
        Slice slice = new Slice(known, start, known.length() - start);
        StepOutcome.Completed outcome = (StepOutcome.Completed) from.step(new Batch(List.of(slice)));
        return ((Sample.Token) outcome.samples().getFirst()).output().token();
    }

    @Test
    void samplesAreTheScriptsAndTheTokensAreComputed() {
        Known a = Known.of(1, 0, 0, 0);
        int first = sample(scripted, a, 0);
        a.tokens().add(first);
        int call = sample(scripted, a, 3);
        a.tokens().addAll(List.of(call, ScriptTokens.result(1), ScriptTokens.result(1)));
        int third = sample(scripted, a, 4);
        a.tokens().add(third);
        int stop = sample(scripted, a, 7);

        assertThat(List.of(first, call, third, stop)).containsExactly(ScriptTokens.output(0, 1),
                ScriptTokens.call(0, 0), ScriptTokens.output(1, 1), ScriptTokens.STOP);
        assertThat(scripted.spec().endTokens()).contains(call, stop).doesNotContain(first, third);
        // Prompt; the first output; the call with two tokens of its result; the third output.
        assertThat(engine.computed.stream().map(List::size)).containsExactly(3, 1, 3, 1);
        assertThat(told).containsExactly("0 has 1", "step of 3", "0 has 2", "step of 1", "0 has 1", "step of 3",
                "0 has 2", "step of 1");
    }

    @Test
    void aChunkThatEndsEarlySamplesNothing() {
        StepOutcome.Completed outcome = (StepOutcome.Completed) scripted
                .step(new Batch(List.of(new Slice(Known.of(1, 0, 0, 0), 0, 2))));
        assertThat(outcome.samples()).isEmpty();
        assertThat(told).containsExactly("step of 2");
    }

    @Test
    void theModelSeesItsOwnTokensTheSameEveryTime() {
        Known a = Known.of(1, Collections.nCopies(32, 0).toArray(Integer[]::new));
        sample(scripted, a, 0);
        sample(scripted, a, 0);
        assertThat(engine.computed.get(0)).isEqualTo(engine.computed.get(1))
                .allSatisfy(token -> assertThat(token).isBetween(0, CountingEngine.VOCABULARY - 1));
        assertThat(engine.computed.get(0).stream().distinct().count()).isGreaterThan(10);
    }

    /** A cache that recognises equal contents must find nothing of another request or run. */
    @Test
    void noTwoRequestsOrRunsBeginAlike() {
        sample(scripted, Known.of(1, Collections.nCopies(16, 0).toArray(Integer[]::new)), 0);
        sample(scripted, Known.of(2, Collections.nCopies(16, 1).toArray(Integer[]::new)), 0);
        sample(scripted(2), Known.of(3, Collections.nCopies(16, 0).toArray(Integer[]::new)), 0);
        assertThat(engine.computed).doesNotHaveDuplicates();
    }

    @Test
    void aBrokenSequenceStaysBroken() {
        engine.isBroken = true;
        StepOutcome.Completed outcome = (StepOutcome.Completed) scripted
                .step(new Batch(List.of(new Slice(Known.of(1, 0, 0, 0), 0, 3))));
        assertThat(outcome.samples()).containsExactly(new Sample.Fault("broken"));
    }
}
