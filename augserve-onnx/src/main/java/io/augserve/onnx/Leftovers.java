package io.augserve.onnx;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/**
 * Gives back to the system what loading a model left in this process. While code is not compiled it makes garbage, for which the heap grows, and a heap
 * that has grown stays so as long as nothing is collected; so it is collected once. The C library keeps what the JIT and ONNX Runtime have freed; glibc
 * has a function for that.
 */
final class Leftovers {
    /** Of a heap with more in it than this, a collection would keep the application waiting for too long. */
    private static final long MOST_HEAP_BYTES = 1L << 30;
    private static final Optional<MemorySegment> TRIM = Linker.nativeLinker().defaultLookup().find("malloc_trim");

    private Leftovers() {}

    /** After loading. Takes some hundredths of a second. */
    static void giveBack() {
        Runtime runtime = Runtime.getRuntime();
        if (runtime.totalMemory() - runtime.freeMemory() <= MOST_HEAP_BYTES) {
            runtime.gc();
        }
        trim();
    }

    /** Native memory only: after a model was closed, too. */
    static void trim() {
        TRIM.ifPresent(Leftovers::call);
    }

    private static void call(MemorySegment function) {
        FunctionDescriptor descriptor = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG);
        try {
            int _ = (int) Linker.nativeLinker().downcallHandle(function, descriptor).invokeExact(0L);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
