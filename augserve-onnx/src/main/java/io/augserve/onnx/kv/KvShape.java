package io.augserve.onnx.kv;

import io.augserve.onnx.runtime.ElementType;

/**
 * The memory of a paged KV cache: per layer a key pool and a value pool [blocks, blockSize, kvHeads, headSize].
 *
 * @param layers decoder layers
 * @param blocks blocks per pool
 * @param blockSize tokens per block
 * @param kvHeads key and value heads
 * @param headSize elements of a head
 * @param type FLOAT or FLOAT16 on the CPU, FLOAT16 or BFLOAT16 on CUDA
 */
public record KvShape(int layers, int blocks, int blockSize, int kvHeads, int headSize, ElementType type) {
    /**
     * @throws IllegalArgumentException if a size is not positive
     */
    public KvShape {
        requirePositive("layers", layers);
        requirePositive("blocks", blocks);
        requirePositive("blockSize", blockSize);
        requirePositive("kvHeads", kvHeads);
        requirePositive("headSize", headSize);
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": expected > 0, got " + value);
        }
    }

    /** Bytes of one block over all layers, keys and values. */
    public long bytesPerBlock() {
        return 2L * layers * type.bytes(blockSize, kvHeads, headSize);
    }

    /** Bytes of one block in one pool. */
    long bytesPerPoolBlock() {
        return type.bytes(blockSize, kvHeads, headSize);
    }

    /** Bytes of all pools. */
    public long bytes() {
        return bytesPerBlock() * blocks;
    }

    /**
     * The same with as many blocks as fit into so many bytes.
     *
     * @throws IllegalArgumentException if not even one fits
     */
    public KvShape withBlocksFor(long budget) {
        long fitting = Math.min(Integer.MAX_VALUE, budget / bytesPerBlock());
        if (fitting < 1) {
            throw new IllegalArgumentException(
                    "a KV cache of " + budget + " bytes has no room for one block of " + bytesPerBlock() + " bytes");
        }
        return new KvShape(layers, (int) fitting, blockSize, kvHeads, headSize, type);
    }

    long[] poolShape() {
        return new long[]{blocks, blockSize, kvHeads, headSize};
    }
}
