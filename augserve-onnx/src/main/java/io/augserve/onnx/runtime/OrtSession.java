package io.augserve.onnx.runtime;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;

/**
 * A loaded model. Runs go through a binding ({@link #bind()}). Thread-safe: several bindings of a session may run at the same time, but a binding is
 * one thread's.
 */
public final class OrtSession implements AutoCloseable {
    private final OrtEnvironment environment;
    private final SessionOptions options;
    private final OperatorRegistry operators;
    private final NativeHandle handle;
    private final NativeHandle allocator;
    private final List<TensorInfo> inputs;
    private final List<TensorInfo> outputs;

    private OrtSession(OrtEnvironment environment, SessionOptions options, OperatorRegistry operators,
            NativeHandle handle) {
        OrtApi api = environment.api();
        this.environment = environment;
        this.options = options;
        this.operators = operators;
        this.handle = handle;
        this.inputs = infos(OrtFunction.SESSION_GET_INPUT_COUNT, OrtFunction.SESSION_GET_INPUT_NAME,
                OrtFunction.SESSION_GET_INPUT_TYPE_INFO);
        this.outputs = infos(OrtFunction.SESSION_GET_OUTPUT_COUNT, OrtFunction.SESSION_GET_OUTPUT_NAME,
                OrtFunction.SESSION_GET_OUTPUT_TYPE_INFO);
        long device = api.create(OrtFunction.CREATE_ALLOCATOR, handle.address(),
                environment.memoryInfo(options.device()));
        this.allocator = new NativeHandle("the session's allocator", device, handle,
                () -> api.release(OrtFunction.RELEASE_ALLOCATOR, device));
    }

    /** @param create makes the OrtSession from an OrtSessionOptions */
    static OrtSession open(OrtEnvironment environment, SessionOptions options, LongUnaryOperator create) {
        OrtApi api = environment.api();
        OperatorRegistry operators = new OperatorRegistry(api, options.operators());
        NativeHandle handle;
        try (NativeSessionOptions nativeOptions = new NativeSessionOptions(api)) {
            nativeOptions.apply(options, operators);
            long address = create.applyAsLong(nativeOptions.address());
            handle = new NativeHandle("the session", address, environment.handle(), () -> {
                api.release(OrtFunction.RELEASE_SESSION, address);
                operators.close();
            });
        } catch (RuntimeException e) {
            RuntimeException failure = operators.explain(
                    e instanceof OrtException refusal ? environment.explain(refusal, options.device()) : e);
            operators.close();
            throw failure;
        }
        try {
            return new OrtSession(environment, options, operators, handle);
        } catch (RuntimeException e) {
            handle.close();
            throw e;
        }
    }

    /** The model's inputs, in its order; initialisers are not among them. */
    public List<TensorInfo> inputs() {
        return inputs;
    }

    /** The model's outputs, in its order. */
    public List<TensorInfo> outputs() {
        return outputs;
    }

    /** Where the session's operators run and its allocator allocates. */
    public Device device() {
        return options.device();
    }

    /** A new, empty binding. */
    public IoBinding bind() {
        return new IoBinding(this);
    }

    /**
     * A tensor in the memory of the session's device, allocated by ONNX Runtime. Its content is undefined.
     *
     * @throws OrtException if the device has no room
     */
    public DeviceTensor allocate(ElementType type, long... shape) {
        return DeviceTensor.allocate(this, type, shape);
    }

    /**
     * A tensor in memory of the host that the session's device reaches fast (pinned, on CUDA), if it has such, else in the CPU's. Its content is undefined.
     */
    public DeviceTensor allocateHost(ElementType type, long... shape) {
        return DeviceTensor.allocateHost(this, type, shape);
    }

    @Override
    public void close() {
        allocator.close();
        handle.close();
    }

    OrtEnvironment environment() {
        return environment;
    }

    NativeHandle handle() {
        return handle;
    }

    NativeHandle allocator() {
        return allocator;
    }

    /** Adds to a failure of this session the Java exception that an operator threw, if one did. */
    RuntimeException explain(RuntimeException failure) {
        return operators.explain(failure);
    }

    private List<TensorInfo> infos(OrtFunction count, OrtFunction name, OrtFunction type) {
        OrtApi api = environment.api();
        List<TensorInfo> infos = new ArrayList<>();
        long total = api.create(count, handle.address());
        for (long i = 0; i < total; i++) {
            long info = api.create(type, handle.address(), i);
            try {
                infos.add(info(name(name, i), api.create(OrtFunction.CAST_TYPE_INFO_TO_TENSOR_INFO, info)));
            } finally {
                api.release(OrtFunction.RELEASE_TYPE_INFO, info);
            }
        }
        return List.copyOf(infos);
    }

    private String name(OrtFunction function, long index) {
        OrtApi api = environment.api();
        long heap = api.create(OrtFunction.GET_ALLOCATOR_WITH_DEFAULT_OPTIONS);
        long name = api.create(function, handle.address(), index, heap);
        try {
            return OrtApi.string(name);
        } finally {
            api.call(OrtFunction.ALLOCATOR_FREE, heap, name);
        }
    }

    private TensorInfo info(String name, long shapeInfo) {
        if (shapeInfo == 0) {
            throw new OrtException("the model's " + name + " is no tensor; only tensors can be bound");
        }
        try (Arena arena = Arena.ofConfined()) {
            OrtApi api = environment.api();
            MemorySegment type = arena.allocate(CType.INT);
            api.call(OrtFunction.GET_TENSOR_ELEMENT_TYPE, shapeInfo, type);
            List<Long> shape = new ArrayList<>();
            for (long dimension : DeviceTensor.dimensions(api, shapeInfo)) {
                shape.add(dimension);
            }
            return new TensorInfo(name, ElementType.ofCode(type.get(CType.INT, 0)), shape);
        }
    }
}
