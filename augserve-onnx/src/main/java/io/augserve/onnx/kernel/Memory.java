package io.augserve.onnx.kernel;

import java.lang.foreign.MemorySegment;

/**
 * All memory as one segment that is a constant, so that the JIT leaves nothing of the checks at every vector that is read. Used with addresses in
 * segments that the caller keeps alive, and with indices that {@link PagedBatch#check} has followed before.
 */
final class Memory {
    static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private Memory() {}
}
