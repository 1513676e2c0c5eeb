package io.augserve.onnx;

import io.augserve.onnx.runtime.DeviceTensor;
import io.augserve.onnx.runtime.ElementType;
import io.augserve.onnx.runtime.IoBinding;
import io.augserve.onnx.runtime.OrtEnvironment;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Optional;

/**
 * An input or output of a graph in CPU memory that is used again in every step. On the CPU ONNX Runtime looks at a bound tensor's memory when it
 * runs, so as long as the shape stays the same, as it mostly does while a batch decodes, nothing has to be bound again. For a device it takes a copy of
 * an input when that is bound, into a tensor of the session's allocator, so inputs are bound in every step; outputs it copies back at the end of a run.
 */
final class StepTensor implements AutoCloseable {
    private static final long CACHE_LINE = 64;
    private static final long[] UNBOUND = {-1};

    private final OrtEnvironment environment;
    private final String name;
    private final ElementType type;
    private final long most;
    private final boolean copied;
    private Arena arena = Arena.ofShared();
    private MemorySegment memory = MemorySegment.NULL;
    private Optional<DeviceTensor> bound = Optional.empty();
    private long[] shape = UNBOUND;

    /**
     * @param name of the input or output
     * @param most elements that it will ever have
     * @param copied whether binding an input copies it
     */
    StepTensor(OrtEnvironment environment, String name, ElementType type, long most, boolean copied) {
        this.copied = copied;
        this.environment = environment;
        this.name = name;
        this.type = type;
        this.most = most;
    }

    /** Memory for so many elements; another one, and blank, if what there was is too small. To be bound before the next run. */
    MemorySegment memory(long elements) {
        long bytes = type.bytes(Math.max(1, elements));
        if (bytes > memory.byteSize()) {
            unbind();
            arena.close();
            arena = Arena.ofShared();
            // At least doubles, so that it seldom happens.
            memory = arena.allocate(Math.max(bytes, Math.min(2 * memory.byteSize(), type.bytes(most))), CACHE_LINE);
        }
        return memory;
    }

    /** Binds the memory as an input of a shape that it has room for. */
    void bindInput(IoBinding binding, long... wanted) {
        if (copied || !Arrays.equals(shape, wanted)) {
            binding.bindInput(name, wrap(wanted));
        }
    }

    /** Binds the memory as an output of a shape that it has room for. */
    void bindOutput(IoBinding binding, long... wanted) {
        if (!Arrays.equals(shape, wanted)) {
            binding.bindOutput(name, wrap(wanted));
        }
    }

    private DeviceTensor wrap(long[] wanted) {
        unbind();
        DeviceTensor tensor = DeviceTensor.wrap(environment, memory, type, wanted);
        bound = Optional.of(tensor);
        shape = wanted;
        return tensor;
    }

    private void unbind() {
        bound.ifPresent(DeviceTensor::close);
        bound = Optional.empty();
        shape = UNBOUND;
    }

    @Override
    public void close() {
        unbind();
        arena.close();
    }
}
