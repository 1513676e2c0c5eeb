package io.augserve.onnx.kv;

import io.augserve.engine.Sequence;
import io.augserve.request.SamplingOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Tokens with a number. */
final class TestSequence implements Sequence {
    final List<Integer> tokens = new ArrayList<>();
    private final long id;

    TestSequence(long id, int... tokens) {
        this.id = id;
        IntStream.of(tokens).forEach(this.tokens::add);
    }

    /** The tokens {@code first}, {@code first + 1} and so on. */
    static TestSequence counting(long id, int first, int count) {
        return new TestSequence(id, IntStream.range(first, first + count).toArray());
    }

    @Override
    public long id() {
        return id;
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
