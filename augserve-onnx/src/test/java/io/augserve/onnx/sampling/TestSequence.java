package io.augserve.onnx.sampling;

import io.augserve.engine.Sequence;
import io.augserve.request.SamplingOptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A sequence written down: its tokens and which positions of it were sampled. */
record TestSequence(long id, List<Integer> tokens, Set<Integer> outputs, long seed, SamplingOptions sampling)
        implements
            Sequence {
    /** A prompt of as many zeros as bring the next token to a position. */
    static TestSequence at(int position, long seed, SamplingOptions sampling) {
        return new TestSequence(0, Collections.nCopies(position, 0), Set.of(), seed, sampling);
    }

    /** A sequence without tokens. */
    static TestSequence empty(SamplingOptions sampling) {
        return at(0, 0, sampling);
    }

    TestSequence plus(boolean output, int... more) {
        List<Integer> longer = new ArrayList<>(tokens);
        Set<Integer> sampled = new HashSet<>(outputs);
        for (int token : more) {
            if (output) {
                sampled.add(longer.size());
            }
            longer.add(token);
        }
        return new TestSequence(id, longer, sampled, seed, sampling);
    }

    TestSequence withId(long other) {
        return new TestSequence(other, tokens, outputs, seed, sampling);
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
    public boolean isOutput(int position) {
        return outputs.contains(position);
    }
}
