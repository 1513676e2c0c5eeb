package io.augserve.onnx;

import io.augserve.onnx.graph.DecoderTensors;
import io.augserve.onnx.model.ModelConfig;
import io.augserve.onnx.model.ModelFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Random weights for a model of which there is only a {@code config.json}. What such a model costs is what one of that shape costs;
 * what it says means nothing.
 *
 * <p>As Hugging Face initialises: matrices and biases are normal with deviation 0.02, norms are 1. In BF16, as most checkpoints are
 * published. To be fast, values are drawn from 65,536 that are normal instead of each on its own.
 */
public final class RandomWeights {
    private static final double DEVIATION = 0.02;
    private static final int VALUES = 1 << 16;
    private static final int BUFFER_BYTES = 1 << 20;
    private static final short ONE = bfloat16(1);

    private final SplittableRandom random;
    private final short[] values = new short[VALUES];
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);

    private RandomWeights(long seed, double deviation) {
        random = new SplittableRandom(seed);
        for (int i = 0; i < VALUES; i++) {
            values[i] = bfloat16((float) (deviation * random.nextGaussian()));
        }
    }

    /**
     * Bytes that {@link #write} will take on the disk, but for some kilobytes.
     *
     * @param directory holds a {@code config.json}
     * @throws ModelFormatException if that cannot be served
     */
    public static long bytes(Path directory) {
        return shapes(directory).values().stream().mapToLong(RandomWeights::bytes).sum();
    }

    /**
     * Writes {@code model.safetensors} beside a {@code config.json}, in place of one that may be there. The same seed gives the same bytes.
     *
     * @param directory holds a {@code config.json}
     * @throws ModelFormatException if that cannot be served
     * @throws IOException if the file cannot be written; a part of it may be there then
     */
    public static void write(Path directory, long seed) throws IOException {
        write(directory, seed, DEVIATION);
    }

    /**
     * The same with another deviation: with the inverse root of the hidden size, activations and logits of a small model are as large as those of a
     * trained one, and differences between machines show.
     *
     * @param deviation more than 0
     * @throws ModelFormatException if the configuration cannot be served
     * @throws IOException if the file cannot be written; a part of it may be there then
     * @throws IllegalArgumentException if the deviation is not positive
     */
    public static void write(Path directory, long seed, double deviation) throws IOException {
        if (!(deviation > 0)) {
            throw new IllegalArgumentException("deviation: expected > 0, got " + deviation);
        }
        Map<String, List<Long>> shapes = shapes(directory);
        RandomWeights weights = new RandomWeights(seed, deviation);
        try (FileChannel file = FileChannel.open(directory.resolve("model.safetensors"), StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            weights.flush(file, ByteBuffer.wrap(header(shapes)));
            for (Map.Entry<String, List<Long>> tensor : shapes.entrySet()) {
                boolean norm = tensor.getKey().endsWith("norm.weight");
                weights.write(file, bytes(tensor.getValue()) / Short.BYTES, norm);
            }
        }
    }

    private static Map<String, List<Long>> shapes(Path directory) {
        return DecoderTensors.shapes(ModelConfig.read(directory.resolve("config.json")));
    }

    private static long bytes(List<Long> shape) {
        return shape.stream().reduce((long) Short.BYTES, Math::multiplyExact);
    }

    /** The length of the JSON, then the JSON, padded so that the tensors behind it are aligned to eight bytes. */
    private static byte[] header(Map<String, List<Long>> shapes) {
        StringBuilder json = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
        long begin = 0;
        for (Map.Entry<String, List<Long>> tensor : shapes.entrySet()) {
            long end = begin + bytes(tensor.getValue());
            json.append(",\"").append(tensor.getKey()).append("\":{\"dtype\":\"BF16\",\"shape\":")
                    .append(tensor.getValue()).append(",\"data_offsets\":[").append(begin).append(',').append(end)
                    .append("]}");
            begin = end;
        }
        json.append('}').repeat(' ', Math.floorMod(-json.length(), Long.BYTES));
        return ByteBuffer.allocate(Long.BYTES + json.length()).order(ByteOrder.LITTLE_ENDIAN).putLong(json.length())
                .put(json.toString().getBytes(StandardCharsets.US_ASCII)).array();
    }

    private void write(FileChannel file, long count, boolean norm) throws IOException {
        long left = count;
        while (left > 0) {
            int some = (int) Math.min(left, BUFFER_BYTES / Short.BYTES);
            buffer.clear();
            if (norm) {
                fillOnes(some);
            } else {
                fill(some);
            }
            flush(file, buffer.flip());
            left -= some;
        }
    }

    private void fillOnes(int count) {
        for (int i = 0; i < count; i++) {
            buffer.putShort(ONE);
        }
    }

    /** Four values of every 64 random bits. */
    private void fill(int count) {
        long bits = 0;
        for (int i = 0; i < count; i++) {
            bits = i % 4 == 0 ? random.nextLong() : bits >>> 16;
            buffer.putShort(values[(int) bits & (VALUES - 1)]);
        }
    }

    private void flush(FileChannel file, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
    }

    /** The upper half of a float; the digits below are cut off. */
    private static short bfloat16(float value) {
        return (short) (Float.floatToRawIntBits(value) >>> 16);
    }
}
