package io.augserve.onnx.kv;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Host memory for blocks that were swapped out: one slot per block, a slot holding its keys and values of all layers side by side. */
public final class HostPool implements AutoCloseable {
    private static final long ALIGNMENT = 64;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;
    private final long slotBytes;

    private HostPool(long slotBytes, int slots) {
        this.slotBytes = slotBytes;
        this.memory = arena.allocate(slotBytes * slots, ALIGNMENT);
    }

    /**
     * Allocates the memory.
     *
     * @param shape of the blocks that it is for; how many there are of them does not matter here
     * @param slots at least 0
     */
    public static HostPool allocate(KvShape shape, int slots) {
        return new HostPool(shape.bytesPerBlock(), slots);
    }

    MemorySegment slot(int slot) {
        return memory.asSlice(slotBytes * slot, slotBytes);
    }

    @Override
    public void close() {
        arena.close();
    }
}
