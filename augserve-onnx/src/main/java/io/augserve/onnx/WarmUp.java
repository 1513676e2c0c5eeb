package io.augserve.onnx;

import io.augserve.engine.Batch;
import io.augserve.engine.ForcedSequence;
import io.augserve.engine.KvCache;
import io.augserve.engine.Slice;
import java.time.Duration;
import java.util.List;

/**
 * Runs a throw-away sequence through a model that has just been loaded. The first step of a JVM loads and links classes, and the
 * kernel is slow until the JIT has compiled it; without this, the first request pays for both.
 *
 * <p>Prefill chunks double from step to step and a few decodes follow, until all are done or the time is over. The clock is looked
 * at between steps, so a large model stops at a small chunk, after not much more than the limit; in a JVM that is warm already the
 * steps take next to nothing. What was reserved is given back, so that the model is left as it was found.
 */
final class WarmUp {
    private static final Duration LIMIT = Duration.ofMillis(1500);
    /** Tokens by step. Several chunks of the last size, because the JIT compiles the loops over long contexts last. */
    private static final List<Integer> CHUNKS = List.of(8, 16, 32, 64, 128, 128, 128);
    private static final int DECODES = 16;
    /** Servers count their sequences upwards from 1. */
    private static final long ID = -1;

    private final LoadedModel model;
    private final KvCache kv;
    private final int longest;
    private final long end;
    private ForcedSequence sequence;

    private WarmUp(LoadedModel model, Duration limit) {
        this.model = model;
        this.kv = model.kvCache();
        this.longest = (int) Math.min(model.spec().maxContext(), (long) kv.capacity() * kv.blockSize());
        this.end = System.nanoTime() + limit.toNanos();
        this.sequence = newSequence(model);
    }

    /**
     * Warms a model up for a second and a half at most, and the rest of the step in which that time ends.
     *
     * @throws io.augserve.onnx.runtime.OrtException if a step fails; nothing is reserved then
     */
    static void run(LoadedModel model) {
        WarmUp warmUp = new WarmUp(model, LIMIT);
        try {
            warmUp.steps();
        } finally {
            warmUp.startOver();
        }
    }

    private static ForcedSequence newSequence(LoadedModel model) {
        return ForcedSequence.zeros(ID, 0, model.spec().defaultSampling());
    }

    private void steps() {
        for (int i = 0; i < CHUNKS.size() && inTime(); i++) {
            step(Math.min(CHUNKS.get(i), model.spec().maxBatchTokens()));
        }
        for (int i = 0; i < DECODES && inTime(); i++) {
            step(1);
        }
    }

    /** Appends tokens to the sequence and computes them; begins another one where this one has no room. */
    private void step(int tokens) {
        if (sequence.computed() == longest) {
            startOver();
        }
        Slice slice = sequence.advance(Math.min(tokens, longest - sequence.computed()));
        kv.reserve(ID, slice.end());
        model.run(new Batch(List.of(slice)));
    }

    private void startOver() {
        kv.release(ID);
        model.ended(ID);
        sequence = newSequence(model);
    }

    private boolean inTime() {
        return System.nanoTime() - end < 0;
    }
}
