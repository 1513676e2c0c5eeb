package io.augserve.jmh;

import io.augserve.engine.BlockLedger;
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

/** The block accounting, one sequence after the other in turn. Every sequence always finds its blocks. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class BlockLedgerBenchmark {
    private static final int BLOCK_SIZE = 16;
    private static final int CONTEXT = 512;

    /** Sequences that hold blocks. */
    @Param({"64", "1024", "16384"})
    public int sequences;

    private BlockLedger ledger = new BlockLedger(1, 1);
    private int[] lengths = {};
    private int next;

    /** Half of a context for each sequence, so that they are in all stages. */
    @Setup
    public void fill() {
        ledger = new BlockLedger(BLOCK_SIZE, sequences * (CONTEXT / BLOCK_SIZE));
        lengths = new int[sequences];
        for (int id = 0; id < sequences; id++) {
            lengths[id] = 1 + id % CONTEXT;
            ledger.reserve(id, lengths[id]);
        }
    }

    /** The question that a scheduler asks for every running request. */
    @Benchmark
    public int needed() {
        int id = turn();
        return ledger.needed(id, lengths[id] + 1);
    }

    /** A decode: one token more, in the mean a sixteenth of a block; a sequence at its end starts over. */
    @Benchmark
    public int oneMoreToken() {
        int id = turn();
        if (lengths[id] == CONTEXT) {
            ledger.release(id);
            lengths[id] = 0;
        }
        ledger.reserve(id, ++lengths[id]);
        return ledger.free();
    }

    /** A preemption and the reservation of the recompute. */
    @Benchmark
    public int releaseAndReserve() {
        int id = turn();
        ledger.release(id);
        ledger.reserve(id, lengths[id]);
        return ledger.free();
    }

    private int turn() {
        next = next + 1 == sequences ? 0 : next + 1;
        return next;
    }
}
