package io.augserve.onnx.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.augserve.onnx.runtime.ElementType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** The piece for a {@link Rehearsal} of attention: two queries of three heads each, so that there are rows by four and by two. */
public final class AttentionRehearsal {
    /** Query heads that share the one key/value head. */
    private static final int GROUP = 3;
    private static final int QUERIES = 2;
    /** Elements of a head, and positions: few, because a loop of 16 turns tells the JIT as much as one of 128. */
    private static final int HEAD_SIZE = 16;
    private static final int POSITIONS = 16;

    private AttentionRehearsal() {}

    /**
     * The piece for a cache. It computes in memory of its own.
     *
     * @param cache FLOAT or FLOAT16
     */
    public static Runnable of(int blockSize, ElementType cache) {
        KvLayout layout = new KvLayout((POSITIONS + blockSize - 1) / blockSize, blockSize, 1, HEAD_SIZE, cache);
        PagedAttentionKernel kernel = new PagedAttentionKernel(new AttentionAttributes(GROUP, 1, 0, -1, 0, true),
                TileMath.best(), new Workers(1), cache);
        PagedBatch batch = batch(layout);
        MemorySegment output = Arena.ofAuto().allocate(JAVA_FLOAT, QUERIES * GROUP * HEAD_SIZE);
        return () -> kernel.compute(batch, output.address());
    }

    /** The last queries of one sequence with all blocks in order. */
    private static PagedBatch batch(KvLayout layout) {
        Arena arena = Arena.ofAuto();
        MemorySegment table = arena.allocate(JAVA_INT, layout.blocks());
        for (int block = 0; block < layout.blocks(); block++) {
            table.setAtIndex(JAVA_INT, block, block);
        }
        long pool = layout.type().bytes((long) layout.blocks() * layout.blockSize() * HEAD_SIZE);
        MemorySegment rows = arena.allocate(JAVA_FLOAT, QUERIES * GROUP * HEAD_SIZE);
        MemorySegment angles = arena.allocate(JAVA_FLOAT, POSITIONS * HEAD_SIZE / 2);
        return new PagedBatch(rows, rows, rows, arena.allocate(pool, Long.BYTES), arena.allocate(pool, Long.BYTES),
                arena.allocateFrom(JAVA_INT, 0, QUERIES), arena.allocateFrom(JAVA_INT, POSITIONS - QUERIES), table,
                angles, angles, QUERIES, 1, layout.blocks(), POSITIONS, HEAD_SIZE / 2, layout);
    }
}
