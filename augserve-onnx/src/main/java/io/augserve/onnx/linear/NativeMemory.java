package io.augserve.onnx.linear;

import java.lang.foreign.MemorySegment;

/**
 * All memory, by address: the JIT has nothing to check at each load then, and no segment is made for each call of an operator. That weights lie in their
 * matrix is checked where the matrix is made, that tensors have the shapes of their layers where the operator is called, and that both are still mapped
 * is the session's order of closing.
 */
final class NativeMemory {
    static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private NativeMemory() {}
}
