package io.augserve.onnx.kernel;

/**
 * The shape of a key or value cache: [blocks, blockSize, kvHeads, headSize], fp32.
 *
 * @param blocks blocks in the pool
 * @param blockSize token positions per block
 * @param headSize elements of one head
 */
record KvLayout(int blocks, int blockSize, int kvHeads, int headSize) {
    /** Elements from one token position to the next. */
    long tokenStride() {
        return (long) kvHeads * headSize;
    }

    /** The index of the first element of a head, at a position within a block. */
    long index(int block, int offset, int kvHead) {
        return ((long) block * blockSize + offset) * tokenStride() + (long) kvHead * headSize;
    }
}
