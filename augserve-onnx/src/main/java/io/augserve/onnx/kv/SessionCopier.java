package io.augserve.onnx.kv;

import io.augserve.onnx.graph.BlockGraphs;
import io.augserve.onnx.runtime.DeviceTensor;
import io.augserve.onnx.runtime.ElementType;
import io.augserve.onnx.runtime.IoBinding;
import io.augserve.onnx.runtime.OrtEnvironment;
import io.augserve.onnx.runtime.OrtSession;
import io.augserve.onnx.runtime.SessionOptions;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Copies blocks by small graphs that run on the device, for memory that Java cannot address: within it by Gather and ScatterND in place, out of it and
 * into it through a staging tensor in host memory, pinned where the device has such, that holds some blocks side by side as a {@link HostPool}'s slots do.
 */
public final class SessionCopier implements BlockCopier {
    /** Blocks of one run, so that what lies between pools and staging stays small. */
    private static final int MOST = 8;

    private final OrtEnvironment environment;
    private final HostPool host;
    private final ElementType type;
    private final long row;
    private final int pools;
    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<DeviceTensor> views = new ArrayList<>();
    private final IoBinding within;
    private final IoBinding out;
    private final IoBinding in;
    private final MemorySegment staging;

    /**
     * Clears the pools and opens the graphs.
     *
     * @param kv closed after this
     * @param host closed after this
     * @param options of the session that the pools belong to; device and device options count
     * @throws io.augserve.onnx.runtime.OrtException if the device has no room or ONNX Runtime refuses; nothing stays open then
     */
    public SessionCopier(OrtEnvironment environment, KvPools kv, HostPool host, SessionOptions options) {
        this.environment = environment;
        this.host = host;
        long bytes = kv.shape().bytesPerPoolBlock();
        type = bytes % Integer.BYTES == 0 ? ElementType.INT32 : ElementType.UINT8;
        row = bytes / type.bytes();
        pools = kv.all().size();
        BlockGraphs graphs = new BlockGraphs(pools, type, row);
        SessionOptions own = SessionOptions.defaults().withIntraOpThreads(1).withDevice(options.device())
                .withDeviceOptions(options.deviceOptions());
        try {
            for (DeviceTensor pool : kv.all()) {
                views.add(opened(pool.view(environment, type, kv.shape().blocks(), row)));
            }
            clear(environment, graphs, own);
            OrtSession inside = opened(environment.openSession(graphs.within(), own));
            within = bound(inside, true);
            out = bound(opened(environment.openSession(graphs.out(), own)), false);
            in = bound(opened(environment.openSession(graphs.in(), own)), true);
            staging = opened(inside.allocateHost(ElementType.UINT8, bytes * pools * MOST)).segment();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Bytes of the device that a run takes beside the pools, at most: what is gathered, and the same packed. */
    public static long workspace(KvShape shape) {
        return 2 * MOST * shape.bytesPerBlock();
    }

    /** A kernel may multiply what it masks by zero, and not every number that memory happens to hold becomes zero then. */
    private void clear(OrtEnvironment environment, BlockGraphs graphs, SessionOptions options) {
        if (type != ElementType.INT32) {
            return;
        }
        try (OrtSession session = environment.openSession(graphs.clear(), options);
                IoBinding binding = session.bind()) {
            for (DeviceTensor view : views) {
                binding.bindInput(BlockGraphs.pool(0), view);
                binding.bindOutput(BlockGraphs.moved(0), view);
                binding.run();
            }
        }
    }

    private <T extends AutoCloseable> T opened(T resource) {
        open.add(resource);
        return resource;
    }

    private IoBinding bound(OrtSession session, boolean writes) {
        IoBinding binding = opened(session.bind());
        for (int i = 0; i < pools; i++) {
            binding.bindInput(BlockGraphs.pool(i), views.get(i));
            if (writes) {
                binding.bindOutput(BlockGraphs.moved(i), views.get(i));
            }
        }
        return binding;
    }

    @Override
    public void copy(List<BlockCopy> copies) {
        for (CopyGroup group : CopyGroup.of(copies, MOST)) {
            switch (group.way()) {
                case DEVICE -> move(group);
                case OUT -> moveOut(group);
                case IN -> moveIn(group);
            }
        }
    }

    private void move(CopyGroup group) {
        try (DeviceTensor from = indices(group.from(), group.copies().size());
                DeviceTensor to = indices(group.to(), group.copies().size(), 1)) {
            within.bindInput(BlockGraphs.FROM, from);
            within.bindInput(BlockGraphs.TO, to);
            within.run();
        }
    }

    private void moveOut(CopyGroup group) {
        int count = group.copies().size();
        try (DeviceTensor from = indices(group.from(), count); DeviceTensor packed = packed(count)) {
            out.bindInput(BlockGraphs.FROM, from);
            out.bindOutput(BlockGraphs.PACKED, packed);
            out.run();
        }
        for (int i = 0; i < count; i++) {
            host.slot(group.copies().get(i).to()).copyFrom(staged(i));
        }
    }

    private void moveIn(CopyGroup group) {
        int count = group.copies().size();
        for (int i = 0; i < count; i++) {
            staged(i).copyFrom(host.slot(group.copies().get(i).from()));
        }
        try (DeviceTensor to = indices(group.to(), count, 1); DeviceTensor packed = packed(count)) {
            in.bindInput(BlockGraphs.TO, to);
            // A device takes its copy of the staging when that is bound.
            in.bindInput(BlockGraphs.PACKED, packed);
            in.run();
        }
    }

    private MemorySegment staged(int i) {
        long bytes = pools * row * type.bytes();
        return staging.asSlice(i * bytes, bytes);
    }

    private DeviceTensor packed(int count) {
        return DeviceTensor.wrap(environment, staging, type, count, pools * row);
    }

    private DeviceTensor indices(long[] values, long... shape) {
        DeviceTensor tensor = DeviceTensor.zeros(environment, ElementType.INT64, shape);
        MemorySegment.copy(values, 0, tensor.segment(), ValueLayout.JAVA_LONG, 0, values.length);
        return tensor;
    }

    @Override
    public void close() {
        for (AutoCloseable resource : open.reversed()) {
            try {
                resource.close();
            } catch (Exception e) {
                throw new IllegalStateException("a native resource did not close", e);
            }
        }
        open.clear();
    }
}
