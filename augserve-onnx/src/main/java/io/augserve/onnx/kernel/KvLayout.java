package io.augserve.onnx.kernel;

import io.augserve.onnx.runtime.ElementType;

/**
 * The shape of a key or value cache, [blocks, blockSize, kvHeads, headSize], and where the CPU's kernel puts an element within a block.
 *
 * <p>Who copies, swaps or shares blocks need not know: a block stays a block. Inside, a head's positions lie together, in panels of
 * {@link #panel()} positions: a panel of keys holds element 0 of all its positions, then element 1 and so on, so that a vector of keys is scored
 * without summing across lanes; a panel of values holds position after position. Both kinds of panel begin at the same index of their cache.
 *
 * @param blocks blocks in the pool
 * @param blockSize token positions per block
 * @param headSize elements of one head
 * @param type FLOAT or FLOAT16
 */
public record KvLayout(int blocks, int blockSize, int kvHeads, int headSize, ElementType type) {
    /** Positions of a panel, if the block size is a multiple: a vector's worth on every machine. */
    static final int PANEL = 16;

    /** Elements from one token position to the next, if they lay in order. */
    long tokenStride() {
        return (long) kvHeads * headSize;
    }

    /** Positions of a panel: the largest power of two up to 16 that divides the block size. */
    int panel() {
        return Math.min(PANEL, Integer.lowestOneBit(blockSize));
    }

    /** The index of the first element of the panel that holds a position within a block. */
    long panelIndex(int block, int offset, int kvHead) {
        long position = ((long) block * kvHeads + kvHead) * blockSize + offset - offset % panel();
        return position * headSize;
    }

    /** The index of an element of a key. */
    public long keyIndex(int block, int offset, int kvHead, int element) {
        return panelIndex(block, offset, kvHead) + (long) element * panel() + offset % panel();
    }

    /** The index of an element of a value. */
    public long valueIndex(int block, int offset, int kvHead, int element) {
        return panelIndex(block, offset, kvHead) + (long) (offset % panel()) * headSize + element;
    }
}
