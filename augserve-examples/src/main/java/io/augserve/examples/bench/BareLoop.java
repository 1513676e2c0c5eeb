package io.augserve.examples.bench;

import io.augserve.engine.Batch;
import io.augserve.engine.ForcedSequence;
import io.augserve.engine.KvCache;
import io.augserve.engine.Slice;
import io.augserve.engine.StepOutcome;
import io.augserve.onnx.OnnxEngine;
import java.util.ArrayList;
import java.util.List;

/**
 * A floor under decode: the graph of a step in the middle of the output, run over and over with nothing around it. Its sequences are
 * made up, and their keys and values are what served ones left in the cache, so one of the same size must have been served before.
 */
final class BareLoop {
    /** Servers count upwards from 1, profilers downwards from -1,000. */
    private static final long FIRST_ID = Long.MIN_VALUE;

    private final OnnxEngine engine;
    private long nextId = FIRST_ID;

    BareLoop(OnnxEngine engine) {
        this.engine = engine;
    }

    /** Runs the graph a number of times and notes the nanoseconds of each. */
    void run(BenchCase given, int times, Samples nanos) {
        List<Slice> slices = new ArrayList<>();
        for (int i = 0; i < given.batch(); i++) {
            ForcedSequence sequence = ForcedSequence.zeros(nextId++, given.middle());
            slices.add(new Slice(sequence, sequence.length() - 1, 1));
        }
        KvCache kv = engine.kvCache();
        try {
            slices.forEach(slice -> kv.reserve(slice.sequence().id(), slice.end()));
            if (engine.step(new Batch(slices)) instanceof StepOutcome.Failed failed) {
                throw new IllegalStateException("the engine failed: " + failed.cause().getMessage(), failed.cause());
            }
            for (int i = 0; i < times; i++) {
                long begin = System.nanoTime();
                engine.meter().repeat();
                nanos.add(System.nanoTime() - begin);
            }
        } finally {
            slices.forEach(slice -> kv.release(slice.sequence().id()));
            slices.forEach(slice -> engine.ended(slice.sequence().id()));
        }
    }
}
