package io.augserve.onnx.runtime;

import static io.augserve.onnx.runtime.CType.POINTER;
import static io.augserve.onnx.runtime.CType.SIZE;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Calls made in every step or by every operator node. The handles are constants that take the function's address as their first argument: the JIT
 * compiles a call down to the native one, for any number of loaded libraries, and nothing is boxed. All of them return the status.
 */
final class HotCalls {
    private static final MethodHandle TWO = handle(POINTER, POINTER);
    private static final MethodHandle THREE = handle(POINTER, POINTER, POINTER);
    // The short ones stay in the Java thread state: they take nanoseconds, never block and never call back.
    private static final MethodHandle SHORT_TWO = shortHandle(FunctionDescriptor.of(POINTER, POINTER, POINTER));
    private static final MethodHandle SHORT_INDEXED = shortHandle(
            FunctionDescriptor.of(POINTER, POINTER, SIZE, POINTER));
    private static final MethodHandle SHORT_SIZED = shortHandle(FunctionDescriptor.of(POINTER, POINTER, POINTER, SIZE));
    private static final MethodHandle SHORT_RELEASE = shortHandle(CType.RELEASE);
    private static final MethodHandle OUTPUT = handle(POINTER, SIZE, POINTER, SIZE, POINTER);

    private HotCalls() {}

    /** {@code status f(a, b)}. */
    static long two(MemorySegment function, long a, long b) {
        try {
            return (long) TWO.invokeExact(function, a, b);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** {@code status f(a, b, c)}. */
    static long three(MemorySegment function, long a, long b, long c) {
        try {
            return (long) THREE.invokeExact(function, a, b, c);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** {@code status f(object, result*)}, of the short kind. */
    static long get(MemorySegment function, long object, long result) {
        try {
            return (long) SHORT_TWO.invokeExact(function, object, result);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** {@code status f(object, index, result*)}, of the short kind. */
    static long getIndexed(MemorySegment function, long object, long index, long result) {
        try {
            return (long) SHORT_INDEXED.invokeExact(function, object, index, result);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** {@code status f(object, array, length)}, of the short kind. */
    static long getArray(MemorySegment function, long object, long array, long length) {
        try {
            return (long) SHORT_SIZED.invokeExact(function, object, array, length);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** {@code void f(object)}, of the short kind. */
    static void release(MemorySegment function, long object) {
        try {
            SHORT_RELEASE.invokeExact(function, object);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** {@code KernelContext_GetOutput(context, index, dimensions, rank, result*)}; may allocate. */
    static long output(MemorySegment function, long context, long index, long dimensions, long rank, long result) {
        try {
            return (long) OUTPUT.invokeExact(function, context, index, dimensions, rank, result);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static MethodHandle handle(MemoryLayout... parameters) {
        return Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(POINTER, parameters));
    }

    private static MethodHandle shortHandle(FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(descriptor, Linker.Option.critical(false));
    }

    private static AssertionError unexpected(Throwable e) {
        return new AssertionError("a downcall threw", e);
    }
}
