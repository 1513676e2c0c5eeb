package io.augserve.engine;

import java.util.List;

/**
 * What one step does: it copies the blocks that move between device and host, and computes the slices. Copies may overlap with computing
 * as long as what leaves a block is read before the block is written, and what arrives is there before it is read.
 *
 * @param slices each of another sequence
 * @param swapOuts from device to host
 * @param swapIns from host to device
 */
public record Batch(List<Slice> slices, List<BlockMove> swapOuts, List<BlockMove> swapIns) {
    /**
     * @throws IllegalArgumentException if there is nothing to do
     */
    public Batch {
        slices = List.copyOf(slices);
        swapOuts = List.copyOf(swapOuts);
        swapIns = List.copyOf(swapIns);
        if (slices.isEmpty() && swapOuts.isEmpty() && swapIns.isEmpty()) {
            throw new IllegalArgumentException("a batch needs at least one slice or swap");
        }
    }

    /** A batch that swaps nothing. */
    public Batch(List<Slice> slices) {
        this(slices, List.of(), List.of());
    }

    /** Tokens over all slices. */
    public int tokens() {
        int sum = 0;
        for (Slice slice : slices) {
            sum += slice.count();
        }
        return sum;
    }

    /** Slices that sample. */
    public int samples() {
        int sum = 0;
        for (Slice slice : slices) {
            sum += slice.samples() ? 1 : 0;
        }
        return sum;
    }

    /** Blocks that move, both ways. */
    public int movedBlocks() {
        int sum = 0;
        for (BlockMove move : swapOuts) {
            sum += move.blocks();
        }
        for (BlockMove move : swapIns) {
            sum += move.blocks();
        }
        return sum;
    }
}
