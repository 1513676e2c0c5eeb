package io.augserve.onnx.runtime;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A dense tensor that can be bound: an OrtValue over memory of the CPU or of a device. Closing it frees the memory, if the tensor owns it, as soon as
 * no dependant needs it; a tensor must stay open while a run uses it. Shape and type never change; the content is the user's to synchronise.
 */
public final class DeviceTensor implements AutoCloseable {
    private static final long CACHE_LINE = 64;

    private final NativeHandle handle;
    private final ElementType type;
    private final long[] shape;
    private final Device device;
    private final MemorySegment data;

    private DeviceTensor(NativeHandle handle, ElementType type, long[] shape, Device device, MemorySegment data) {
        this.handle = handle;
        this.type = type;
        this.shape = shape;
        this.device = device;
        this.data = data;
    }

    /** A zeroed tensor in CPU memory of its own, aligned to 64 bytes. */
    public static DeviceTensor zeros(OrtEnvironment environment, ElementType type, long... shape) {
        Arena memory = Arena.ofShared();
        try {
            return over(environment, Device.CPU, memory.allocate(Math.max(1, type.bytes(shape)), CACHE_LINE), type,
                    shape,
                    memory::close);
        } catch (RuntimeException e) {
            memory.close();
            throw e;
        }
    }

    /**
     * A tensor over native CPU memory that the caller owns and keeps alive until the tensor is closed.
     *
     * @throws IllegalArgumentException if the segment is not native or too small for the shape
     */
    public static DeviceTensor wrap(OrtEnvironment environment, MemorySegment memory, ElementType type, long... shape) {
        if (!memory.isNative() || memory.byteSize() < type.bytes(shape)) {
            throw new IllegalArgumentException("a tensor " + type + Arrays.toString(shape) + " needs "
                    + type.bytes(shape)
                    + " bytes of native memory, got " + memory.byteSize() + (memory.isNative() ? "" : " on the heap"));
        }
        return over(environment, Device.CPU, memory, type, shape, () -> {});
    }

    private static DeviceTensor over(OrtEnvironment environment, Device device, MemorySegment memory, ElementType type,
            long[] shape,
            Runnable free) {
        OrtApi api = environment.api();
        long[] dimensions = shape.clone();
        long bytes = type.bytes(dimensions);
        try (Arena arena = Arena.ofConfined()) {
            long value = api.create(OrtFunction.CREATE_TENSOR_WITH_DATA_AS_ORT_VALUE,
                    environment.memoryInfo(device), memory, bytes,
                    nativeShape(arena, dimensions), (long) dimensions.length, type.code());
            NativeHandle handle = new NativeHandle("the tensor", value, environment.handle(), () -> {
                api.release(OrtFunction.RELEASE_VALUE, value);
                free.run();
            });
            return new DeviceTensor(handle, type, dimensions, device, memory.asSlice(0, bytes));
        }
    }

    /**
     * This tensor's memory seen as another type and shape. The view must be closed before this tensor.
     *
     * @throws IllegalArgumentException if the shape takes more bytes than there are
     */
    public DeviceTensor view(OrtEnvironment environment, ElementType other, long... otherShape) {
        long bytes = other.bytes(otherShape);
        if (bytes > type.bytes(shape)) {
            throw new IllegalArgumentException("a view " + other + Arrays.toString(otherShape) + " of " + this
                    + " needs " + bytes + " bytes");
        }
        handle.address();
        return over(environment, device, data, other, otherShape, () -> {});
    }

    /** In memory of the host that the session's device reaches fast, if it has such, else in the CPU's. Its content is undefined. */
    static DeviceTensor allocateHost(OrtSession session, ElementType type, long... shape) {
        OrtEnvironment environment = session.environment();
        if (session.device().isCpu()) {
            return zeros(environment, type, shape);
        }
        OrtApi api = environment.api();
        try {
            long pinned = api.create(OrtFunction.CREATE_ALLOCATOR, session.handle().address(),
                    environment.pinnedMemoryInfo(session.device()));
            NativeHandle allocator = new NativeHandle("the pinned allocator", pinned, session.handle(),
                    () -> api.release(OrtFunction.RELEASE_ALLOCATOR, pinned));
            try (Arena arena = Arena.ofConfined()) {
                long[] dimensions = shape.clone();
                long value = api.create(OrtFunction.CREATE_TENSOR_AS_ORT_VALUE, allocator.address(),
                        nativeShape(arena, dimensions), (long) dimensions.length, type.code());
                return of(api, value, type, dimensions, Device.CPU, allocator);
            } finally {
                // The tensor has its own share.
                allocator.close();
            }
        } catch (OrtException e) {
            return zeros(environment, type, shape);
        }
    }

    static DeviceTensor allocate(OrtSession session, ElementType type, long... shape) {
        OrtApi api = session.environment().api();
        long[] dimensions = shape.clone();
        type.bytes(dimensions);
        try (Arena arena = Arena.ofConfined()) {
            long value = api.create(OrtFunction.CREATE_TENSOR_AS_ORT_VALUE, session.allocator().address(),
                    nativeShape(arena, dimensions),
                    (long) dimensions.length, type.code());
            return of(api, value, type, dimensions, session.device(), session.allocator());
        }
    }

    /** Takes over an OrtValue that a run produced. */
    static DeviceTensor ofOutput(OrtSession session, long value, Device device) {
        OrtApi api = session.environment().api();
        long info = api.create(OrtFunction.GET_TENSOR_TYPE_AND_SHAPE, value);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment type = arena.allocate(CType.INT);
            api.call(OrtFunction.GET_TENSOR_ELEMENT_TYPE, info, type);
            return of(api, value, ElementType.ofCode(type.get(CType.INT, 0)), dimensions(api, info), device,
                    session.handle());
        } finally {
            api.release(OrtFunction.RELEASE_TENSOR_TYPE_AND_SHAPE_INFO, info);
        }
    }

    private static DeviceTensor of(OrtApi api, long value, ElementType type, long[] shape, Device device,
            NativeHandle owner) {
        MemorySegment data = MemorySegment.ofAddress(api.create(OrtFunction.GET_TENSOR_MUTABLE_DATA, value))
                .reinterpret(type.bytes(shape));
        NativeHandle handle = new NativeHandle("the tensor", value, owner,
                () -> api.release(OrtFunction.RELEASE_VALUE, value));
        return new DeviceTensor(handle, type, shape, device, data);
    }

    public ElementType type() {
        return type;
    }

    /** The dimensions, a copy. */
    public long[] shape() {
        return shape.clone();
    }

    public Device device() {
        return device;
    }

    /**
     * The tensor's memory, in the machine's byte order. Valid until the tensor is closed.
     *
     * @throws IllegalStateException if the memory is not the CPU's or the tensor is closed
     */
    public MemorySegment segment() {
        if (!device.isCpu()) {
            throw new IllegalStateException(
                    "the tensor's memory is on " + device.name() + " " + device.id() + ", Java cannot address it");
        }
        handle.address();
        return data;
    }

    @Override
    public void close() {
        handle.close();
    }

    @Override
    public String toString() {
        return type + Arrays.toString(shape) + " on " + device.name();
    }

    /** The OrtValue. @throws IllegalStateException if the tensor is closed */
    long address() {
        return handle.address();
    }

    /** The dimensions in an OrtTensorTypeAndShapeInfo. */
    static long[] dimensions(OrtApi api, long shapeInfo) {
        int rank = (int) api.create(OrtFunction.GET_DIMENSIONS_COUNT, shapeInfo);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment dimensions = arena.allocate(CType.SIZE, Math.max(1, rank));
            api.call(OrtFunction.GET_DIMENSIONS, shapeInfo, dimensions, (long) rank);
            return Arrays.copyOf(dimensions.toArray(CType.SIZE), rank);
        }
    }

    private static MemorySegment nativeShape(Arena arena, long[] shape) {
        return shape.length == 0 ? arena.allocate(CType.SIZE) : arena.allocateFrom(CType.SIZE, shape);
    }
}
