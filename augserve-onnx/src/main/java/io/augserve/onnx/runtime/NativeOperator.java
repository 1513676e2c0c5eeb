package io.augserve.onnx.runtime;

import static io.augserve.onnx.runtime.CType.POINTER;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A {@link CustomOperator} as a {@link CustomOpStruct}. ONNX Runtime asks the schema, then makes a kernel per node ({@code CreateKernelV2}), runs it ({@code KernelComputeV2}) and destroys it. Its {@code void*} kernel is
 * the kernel's number, counted from 1. Nothing thrown in Java may leave an upcall, it would end the process: it becomes an OrtStatus.
 */
final class NativeOperator {
    private static final Logger LOG = LoggerFactory.getLogger(NativeOperator.class);
    private static final int REQUIRED = 0;
    private static final int OPTIONAL = 1;
    private static final int DEFAULT_MEMORY = 0;
    /** The execution provider's name; null stands for the CPU. */
    private static final long CPU = 0;
    private static final long SUCCESS = 0;

    private final OrtApi api;
    private final CustomOperator operator;
    private final MemorySegment name;
    private final CustomOpStruct struct;
    private final ThreadLocal<KernelContext> contexts;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    /** Replaced, never changed, so that a compute reads it without a lock. */
    private volatile List<OperatorKernel> kernels = List.of();

    /** @param arena holds the struct and the stubs; closed after the session */
    NativeOperator(OrtApi api, CustomOperator operator, Arena arena) {
        this.api = api;
        this.operator = operator;
        this.contexts = ThreadLocal.withInitial(() -> new KernelContext(api, operator));
        this.name = arena.allocateFrom(operator.name());
        this.struct = new CustomOpStruct(arena);
        fillStruct();
    }

    String domain() {
        return operator.domain();
    }

    MemorySegment struct() {
        return struct.segment();
    }

    /** The exception that a kernel threw last; null if none did since the last call. */
    @Nullable
    Throwable takeFailure() {
        return failure.getAndSet(null);
    }

    /** Sets the fields at their offsets; what stays null (CreateKernel, KernelCompute, shape inference, in-place and alias maps) is optional. */
    private void fillStruct() {
        List<CustomOperator.Port> inputs = operator.inputs();
        List<CustomOperator.Port> outputs = operator.outputs();
        struct.pointer(16, _ -> name.address());
        struct.pointer(24, _ -> CPU);
        struct.numberAt(32, (_, index) -> inputs.get((int) index).type().code());
        struct.pointer(40, _ -> inputs.size());
        struct.numberAt(48, (_, index) -> outputs.get((int) index).type().code());
        struct.pointer(56, _ -> outputs.size());
        struct.destroy(72, this::destroyKernel);
        struct.numberAt(80, (_, index) -> inputs.get((int) index).optional() ? OPTIONAL : REQUIRED);
        struct.numberAt(88, (_, index) -> outputs.get((int) index).optional() ? OPTIONAL : REQUIRED);
        struct.numberAt(96, (_, _) -> DEFAULT_MEMORY);
        // Least arity and homogeneity of variadic inputs and outputs, of which there are none.
        for (int variadic = 104; variadic <= 128; variadic += 8) {
            struct.number(variadic, _ -> 1);
        }
        struct.create(136, (_, _, kernelInfo, result) -> createKernel(kernelInfo, result));
        struct.compute(144, this::compute);
        struct.number(160, _ -> 1);
        struct.number(168, _ -> Integer.MAX_VALUE);
    }

    private long createKernel(long kernelInfo, long result) {
        try {
            OperatorKernel kernel = operator.factory().create(new NodeAttributes(api, kernelInfo));
            MemorySegment.ofAddress(result).reinterpret(POINTER.byteSize()).set(POINTER, 0, add(kernel));
            return SUCCESS;
        } catch (Throwable e) {
            return failed(e);
        }
    }

    private synchronized long add(OperatorKernel kernel) {
        List<OperatorKernel> all = new ArrayList<>(kernels);
        all.add(kernel);
        kernels = List.copyOf(all);
        return all.size();
    }

    private long compute(long kernel, long kernelContext) {
        try {
            KernelContext context = contexts.get();
            context.enter(kernelContext);
            kernels.get((int) kernel - 1).compute(context);
            return SUCCESS;
        } catch (Throwable e) {
            return failed(e);
        }
    }

    private void destroyKernel(long kernel) {
        try {
            if (kernels.get((int) kernel - 1) instanceof AutoCloseable closeable) {
                closeable.close();
            }
        } catch (Throwable e) {
            LOG.warn("a kernel of {} did not close", operator.name(), e);
        }
    }

    private long failed(Throwable e) {
        failure.set(e);
        return api.failure(operator.name() + ": " + e);
    }
}
