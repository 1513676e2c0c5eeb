package io.augserve.onnx.runtime;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@link SessionOptions} as an OrtSessionOptions, which only lives while the session is created. Not thread-safe. */
final class NativeSessionOptions implements AutoCloseable {
    private static final String ALLOW_SPINNING = "session.intra_op.allow_spinning";
    private static final String EXTERNAL_INITIALIZERS = "session.model_external_initializers_file_folder_path";

    private final OrtApi api;
    private final Arena arena = Arena.ofConfined();
    private final long address;

    NativeSessionOptions(OrtApi api) {
        this.api = api;
        this.address = api.create(OrtFunction.CREATE_SESSION_OPTIONS);
    }

    long address() {
        return address;
    }

    void apply(SessionOptions options, OperatorRegistry operators) {
        api.call(OrtFunction.SET_SESSION_GRAPH_OPTIMIZATION_LEVEL, address, options.optimization().code);
        api.call(OrtFunction.SET_INTRA_OP_NUM_THREADS, address, options.intraOpThreads());
        configure(ALLOW_SPINNING, options.spinning() ? "1" : "0");
        for (Path folder : options.externalInitializers().stream().toList()) {
            configure(EXTERNAL_INITIALIZERS, folder.toAbsolutePath().toString());
        }
        operators.register(address);
        if (!options.device().isCpu()) {
            appendCuda(options);
        }
    }

    private void configure(String key, String value) {
        api.call(OrtFunction.ADD_SESSION_CONFIG_ENTRY, address, arena.allocateFrom(key), arena.allocateFrom(value));
    }

    private void appendCuda(SessionOptions options) {
        Map<String, String> entries = new LinkedHashMap<>(options.deviceOptions());
        entries.put("device_id", Integer.toString(options.device().id()));
        long cuda = api.create(OrtFunction.CREATE_CUDA_PROVIDER_OPTIONS);
        try {
            api.call(OrtFunction.UPDATE_CUDA_PROVIDER_OPTIONS, cuda, strings(new ArrayList<>(entries.keySet())),
                    strings(new ArrayList<>(entries.values())), (long) entries.size());
            api.call(OrtFunction.APPEND_CUDA_PROVIDER, address, cuda);
        } finally {
            api.release(OrtFunction.RELEASE_CUDA_PROVIDER_OPTIONS, cuda);
        }
    }

    private MemorySegment strings(List<String> values) {
        MemorySegment array = arena.allocate(CType.POINTER, values.size());
        for (int i = 0; i < values.size(); i++) {
            array.setAtIndex(CType.POINTER, i, arena.allocateFrom(values.get(i)).address());
        }
        return array;
    }

    @Override
    public void close() {
        api.release(OrtFunction.RELEASE_SESSION_OPTIONS, address);
        arena.close();
    }
}
