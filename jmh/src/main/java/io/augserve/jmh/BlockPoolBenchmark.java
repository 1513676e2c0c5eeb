package io.augserve.jmh;

import io.augserve.onnx.kv.BlockCopy;
import io.augserve.onnx.kv.PagedKvCache;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The bookkeeping of the paged KV cache, one sequence after the other in turn; {@link BlockLedgerBenchmark} is the same without sharing. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class BlockPoolBenchmark {
    private static final int BLOCK_SIZE = 16;
    private static final int CONTEXT = 512;

    /** Sequences that hold blocks. */
    @Param({"64", "1024", "16384"})
    public int sequences;

    private PagedKvCache cache = new PagedKvCache(1, 1);
    private int[] lengths = {};
    private int next;

    /** Half of a context for each sequence, so that they are in all stages. */
    @Setup
    public void fill() {
        int blocks = sequences * (CONTEXT / BLOCK_SIZE);
        cache = new PagedKvCache(BLOCK_SIZE, blocks, blocks);
        lengths = new int[sequences];
        for (int id = 0; id < sequences; id++) {
            lengths[id] = 1 + id % CONTEXT;
            cache.reserve(id, lengths[id]);
        }
    }

    /** A decode: one token more; a sequence at its end starts over. */
    @Benchmark
    public int oneMoreToken() {
        int id = turn();
        if (lengths[id] == CONTEXT) {
            cache.release(id);
            lengths[id] = 0;
        }
        cache.reserve(id, ++lengths[id]);
        return cache.free();
    }

    /** A preemption and the reservation of the recompute. */
    @Benchmark
    public int releaseAndReserve() {
        int id = turn();
        cache.release(id);
        cache.reserve(id, lengths[id]);
        return cache.free();
    }

    /** All blocks of a sequence to the host and back, without the copies themselves. */
    @Benchmark
    public List<BlockCopy> swapOutAndIn() {
        int id = turn();
        int blocks = cache.held(id);
        cache.swapOut(id, blocks);
        cache.swapIn(id, blocks);
        return cache.takeCopies();
    }

    private int turn() {
        next = next + 1 == sequences ? 0 : next + 1;
        return next;
    }
}
