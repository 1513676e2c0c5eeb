package io.augserve.onnx.runtime;

import static io.augserve.onnx.runtime.CType.INT;
import static io.augserve.onnx.runtime.CType.POINTER;
import static io.augserve.onnx.runtime.CType.SIZE;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;

/**
 * struct OrtCustomOp (onnxruntime_c_api.h): a version, then function pointers, each set to an upcall stub by its offset. The functions' first parameter
 * is the struct itself, or the kernel.
 */
final class CustomOpStruct {
    private static final long BYTES = 208;

    /** {@code int f(op*)}. */
    @FunctionalInterface
    interface IntFunction {
        int call(long self);
    }

    /** {@code int f(op*, size_t index)}. */
    @FunctionalInterface
    interface IndexedFunction {
        int call(long self, long index);
    }

    /** {@code char* f(op*)} or {@code size_t f(op*)}. */
    @FunctionalInterface
    interface PointerFunction {
        long call(long self);
    }

    /** {@code OrtStatus* f(op*, OrtApi*, OrtKernelInfo*, void** kernel)}. */
    @FunctionalInterface
    interface CreateFunction {
        long call(long self, long api, long kernelInfo, long result);
    }

    /** {@code OrtStatus* f(void* kernel, OrtKernelContext*)}. */
    @FunctionalInterface
    interface ComputeFunction {
        long call(long kernel, long kernelContext);
    }

    /** {@code void f(void* kernel)}. */
    @FunctionalInterface
    interface DestroyFunction {
        void call(long kernel);
    }

    private final MemorySegment segment;
    private final Arena arena;

    /** @param arena holds the struct and its stubs */
    CustomOpStruct(Arena arena) {
        this.arena = arena;
        segment = arena.allocate(BYTES, ValueLayout.ADDRESS.byteAlignment());
        segment.set(ValueLayout.JAVA_INT, 0, OrtApi.VERSION);
    }

    MemorySegment segment() {
        return segment;
    }

    void number(long offset, IntFunction function) {
        set(offset, IntFunction.class, function, FunctionDescriptor.of(INT, POINTER));
    }

    void numberAt(long offset, IndexedFunction function) {
        set(offset, IndexedFunction.class, function, FunctionDescriptor.of(INT, POINTER, SIZE));
    }

    void pointer(long offset, PointerFunction function) {
        set(offset, PointerFunction.class, function, FunctionDescriptor.of(POINTER, POINTER));
    }

    void create(long offset, CreateFunction function) {
        set(offset, CreateFunction.class, function, FunctionDescriptor.of(POINTER, POINTER, POINTER, POINTER, POINTER));
    }

    void compute(long offset, ComputeFunction function) {
        set(offset, ComputeFunction.class, function, FunctionDescriptor.of(POINTER, POINTER, POINTER));
    }

    void destroy(long offset, DestroyFunction function) {
        set(offset, DestroyFunction.class, function, FunctionDescriptor.ofVoid(POINTER));
    }

    private <F> void set(long offset, Class<F> type, F function, FunctionDescriptor descriptor) {
        try {
            MethodHandle handle = MethodHandles.lookup().findVirtual(type, "call", descriptor.toMethodType())
                    .bindTo(function);
            segment.set(ValueLayout.ADDRESS, offset, Linker.nativeLinker().upcallStub(handle, descriptor, arena));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(type + " does not fit " + descriptor, e);
        }
    }
}
