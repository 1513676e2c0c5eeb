package io.augserve.onnx.kv;

/** The numbers of the free blocks, as a stack: the block that was given back last, and may still be in a processor's cache, goes out first. */
final class BlockPool {
    private final int[] stack;
    private int free;

    /** @param blocks the pool begins with the blocks 0 to {@code blocks - 1}, block 0 on top */
    BlockPool(int blocks) {
        stack = new int[blocks];
        for (int block = blocks - 1; block >= 0; block--) {
            stack[free++] = block;
        }
    }

    int free() {
        return free;
    }

    /** @throws IllegalStateException if no block is free */
    int take() {
        if (free == 0) {
            throw new IllegalStateException("no block is free");
        }
        return stack[--free];
    }

    void give(int block) {
        stack[free++] = block;
    }
}
