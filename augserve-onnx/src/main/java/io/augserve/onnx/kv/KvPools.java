package io.augserve.onnx.kv;

import io.augserve.onnx.runtime.DeviceTensor;
import io.augserve.onnx.runtime.IoBinding;
import io.augserve.onnx.runtime.OrtSession;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The key and value pools of all layers, in the memory of a session's device. Their content is undefined until written; a block's content stays when
 * the block changes hands, so whoever takes it writes before reading.
 */
public final class KvPools implements AutoCloseable {
    private final KvShape shape;
    private final List<DeviceTensor> keys;
    private final List<DeviceTensor> values;

    private KvPools(KvShape shape, List<DeviceTensor> keys, List<DeviceTensor> values) {
        this.shape = shape;
        this.keys = List.copyOf(keys);
        this.values = List.copyOf(values);
    }

    /**
     * Allocates the pools.
     *
     * @throws io.augserve.onnx.runtime.OrtException if the device has no room; nothing stays allocated then
     */
    public static KvPools allocate(OrtSession session, KvShape shape) {
        List<DeviceTensor> keys = new ArrayList<>();
        List<DeviceTensor> values = new ArrayList<>();
        try {
            for (int layer = 0; layer < shape.layers(); layer++) {
                keys.add(session.allocate(shape.type(), shape.poolShape()));
                values.add(session.allocate(shape.type(), shape.poolShape()));
            }
            return new KvPools(shape, keys, values);
        } catch (RuntimeException e) {
            keys.forEach(DeviceTensor::close);
            values.forEach(DeviceTensor::close);
            throw e;
        }
    }

    public KvShape shape() {
        return shape;
    }

    /** A layer's key pool. */
    public DeviceTensor keys(int layer) {
        return keys.get(layer);
    }

    /** A layer's value pool. */
    public DeviceTensor values(int layer) {
        return values.get(layer);
    }

    /**
     * Binds every pool to the model's input of its layer, once for all runs.
     *
     * @param keyNames one per layer, in order
     * @param valueNames likewise
     * @throws IllegalArgumentException if there are more or fewer names than layers, or the model has no such input
     */
    public void bind(IoBinding binding, List<String> keyNames, List<String> valueNames) {
        if (keyNames.size() != shape.layers() || valueNames.size() != shape.layers()) {
            throw new IllegalArgumentException("expected one key and one value cache name for each of " + shape.layers()
                    + " layers, got " + keyNames.size() + " and " + valueNames.size());
        }
        for (int layer = 0; layer < shape.layers(); layer++) {
            binding.bindInput(keyNames.get(layer), keys.get(layer));
            binding.bindInput(valueNames.get(layer), values.get(layer));
        }
    }

    /**
     * Copies blocks over all layers, keys and values, one copy after the other.
     *
     * @param host the other end of copies out of or into the device
     * @throws IllegalStateException if Java cannot address the device's memory
     */
    public void copy(List<BlockCopy> copies, HostPool host) {
        for (BlockCopy copy : copies) {
            long offset = 0;
            for (int layer = 0; layer < shape.layers(); layer++) {
                copy(copy, keys.get(layer), host, offset);
                copy(copy, values.get(layer), host, offset + blockBytes());
                offset += 2 * blockBytes();
            }
        }
    }

    /** @param offset of the pool's part in a slot */
    private void copy(BlockCopy copy, DeviceTensor pool, HostPool host, long offset) {
        MemorySegment memory = pool.segment();
        long bytes = blockBytes();
        switch (copy.way()) {
            case DEVICE ->
                MemorySegment.copy(memory, bytes * copy.from(), memory, bytes * copy.to(), bytes);
            case OUT -> MemorySegment.copy(memory, bytes * copy.from(), host.slot(copy.to()), offset, bytes);
            case IN -> MemorySegment.copy(host.slot(copy.from()), offset, memory, bytes * copy.to(), bytes);
        }
    }

    /** Bytes of one block in one pool. */
    private long blockBytes() {
        return shape.bytesPerBlock() / (2L * shape.layers());
    }

    @Override
    public void close() {
        keys.forEach(DeviceTensor::close);
        values.forEach(DeviceTensor::close);
    }
}
