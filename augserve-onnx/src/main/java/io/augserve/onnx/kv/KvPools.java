package io.augserve.onnx.kv;

import io.augserve.onnx.runtime.DeviceTensor;
import io.augserve.onnx.runtime.IoBinding;
import io.augserve.onnx.runtime.OrtSession;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The key and value pools of all layers, in the memory of a session's device. Their content is undefined until written; a block's content stays when
 * the block changes hands, so whoever takes it writes before reading.
 */
public final class KvPools implements AutoCloseable {
    private final KvShape shape;
    private final List<DeviceTensor> keys;
    private final List<DeviceTensor> values;
    private final List<DeviceTensor> all;

    private KvPools(KvShape shape, List<DeviceTensor> keys, List<DeviceTensor> values) {
        this.shape = shape;
        this.keys = List.copyOf(keys);
        this.values = List.copyOf(values);
        this.all = IntStream.range(0, keys.size()).boxed().flatMap(i -> Stream.of(keys.get(i), values.get(i)))
                .toList();
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

    /** All pools in the order in which a slot of a {@link HostPool} has their parts: keys and values in turn, layer by layer. */
    List<DeviceTensor> all() {
        return all;
    }

    @Override
    public void close() {
        keys.forEach(DeviceTensor::close);
        values.forEach(DeviceTensor::close);
    }
}
