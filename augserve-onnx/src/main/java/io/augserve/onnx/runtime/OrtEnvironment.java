package io.augserve.onnx.runtime;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** ONNX Runtime's environment: what sessions and tensors are made in. One per process is enough. Thread-safe. */
public final class OrtEnvironment implements AutoCloseable {
    private static final int LOG_FATAL = 4;
    private static final int DEVICE_ALLOCATOR = 0;
    private static final int DEFAULT_MEMORY = 0;
    private static final int CPU_OUTPUT_MEMORY = -1;

    private final OrtLibrary library;
    private final OrtApi api;
    private final NativeHandle handle;
    private final Map<Device, Long> memoryInfos = new HashMap<>();
    private long pinned;

    private OrtEnvironment(OrtLibrary library, long address) {
        OrtApi api = library.api();
        this.library = library;
        this.api = api;
        this.handle = new NativeHandle("the ONNX Runtime environment", address, null, () -> {
            memoryInfos.values().forEach(info -> api.release(OrtFunction.RELEASE_MEMORY_INFO, info));
            if (pinned != 0) {
                api.release(OrtFunction.RELEASE_MEMORY_INFO, pinned);
            }
            api.release(OrtFunction.RELEASE_ENV, address);
        });
    }

    /** An environment of this library, that sends no telemetry, and logs nothing but fatal errors: all others come as exceptions. */
    public static OrtEnvironment create(OrtLibrary library) {
        OrtApi api = library.api();
        try (Arena arena = Arena.ofConfined()) {
            OrtEnvironment environment = new OrtEnvironment(library,
                    api.create(OrtFunction.CREATE_ENV, LOG_FATAL, arena.allocateFrom("augserve")));
            api.call(OrtFunction.DISABLE_TELEMETRY_EVENTS, environment.address());
            return environment;
        }
    }

    /** What this is an environment of. */
    public OrtLibrary library() {
        return library;
    }

    /**
     * Makes sure that sessions can run on a device, without opening one.
     *
     * @throws OrtException if they cannot; the message names what is missing, found and needed, and a remedy
     */
    public void requireDevice(Device device) {
        OperatorRegistry none = new OperatorRegistry(api, List.of());
        try (NativeSessionOptions options = new NativeSessionOptions(api)) {
            options.apply(SessionOptions.defaults().withDevice(device), none);
        } catch (OrtException e) {
            throw explain(e, device);
        } finally {
            none.close();
        }
    }

    /** A failure on a device, with what is to be done about it if that is known. */
    OrtException explain(OrtException failure, Device device) {
        return device.isCpu()
                ? failure
                : CudaDiagnosis.ofThisMachine().of(library, device, String.valueOf(failure.getMessage()))
                        .map(text -> new OrtException(text, failure)).orElse(failure);
    }

    /**
     * A session on a model in memory (a serialised ONNX ModelProto). External data is looked up in the folder that the options name.
     *
     * @throws OrtException if ONNX Runtime refuses the model or the options; its message says why
     */
    public OrtSession openSession(byte[] model, SessionOptions options) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bytes = arena.allocate(Math.max(1, model.length), 16);
            MemorySegment.copy(MemorySegment.ofArray(model), 0, bytes, 0, model.length);
            return OrtSession.open(this, options,
                    nativeOptions -> api.create(OrtFunction.CREATE_SESSION_FROM_ARRAY, address(), bytes,
                            (long) model.length,
                            nativeOptions));
        }
    }

    /**
     * A session on a model file. External data is looked up beside the file unless the options name a folder.
     *
     * @throws OrtException if there is no such file, or ONNX Runtime refuses the model or the options; the message says why
     */
    public OrtSession openSession(Path model, SessionOptions options) {
        if (!Files.isReadable(model)) {
            throw new OrtException("cannot read model " + model, new IOException("no readable file"));
        }
        boolean wide = System.getProperty("os.name").startsWith("Windows");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment path = arena.allocateFrom(model.toString(),
                    wide ? StandardCharsets.UTF_16LE : StandardCharsets.UTF_8);
            return OrtSession.open(this, options,
                    nativeOptions -> api.create(OrtFunction.CREATE_SESSION, address(), path, nativeOptions));
        }
    }

    @Override
    public void close() {
        handle.close();
    }

    OrtApi api() {
        return api;
    }

    NativeHandle handle() {
        return handle;
    }

    long address() {
        return handle.address();
    }

    /** The OrtMemoryInfo of host memory that is pinned for a CUDA device; lives as long as the environment. */
    synchronized long pinnedMemoryInfo(Device device) {
        if (pinned == 0) {
            try (Arena arena = Arena.ofConfined()) {
                pinned = api.create(OrtFunction.CREATE_MEMORY_INFO, arena.allocateFrom("CudaPinned"), DEVICE_ALLOCATOR,
                        device.id(), CPU_OUTPUT_MEMORY);
            }
        }
        return pinned;
    }

    /** The OrtMemoryInfo of a device; lives as long as the environment. */
    long memoryInfo(Device device) {
        synchronized (memoryInfos) {
            return memoryInfos.computeIfAbsent(device, d -> {
                try (Arena arena = Arena.ofConfined()) {
                    return api.create(OrtFunction.CREATE_MEMORY_INFO, arena.allocateFrom(d.name()), DEVICE_ALLOCATOR,
                            d.id(), DEFAULT_MEMORY);
                }
            });
        }
    }
}
