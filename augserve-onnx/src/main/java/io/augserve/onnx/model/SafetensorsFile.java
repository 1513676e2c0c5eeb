package io.augserve.onnx.model;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The table of contents of one safetensors file: eight bytes of little-endian header length, a JSON header
 * {@code {name: {dtype, shape, data_offsets: [begin, end]}}}, then the tensors' bytes, to which the offsets are relative
 * (format: github.com/huggingface/safetensors, README). As the format demands, the tensors must fill the rest of the
 * file exactly, without holes and overlaps, so a truncated or spliced file is noticed here and not as wrong numbers.
 *
 * @param file the file
 * @param tensors by name, in the header's order
 */
public record SafetensorsFile(Path file, Map<String, WeightTensor> tensors) {
    /** The limit of the format's own implementation. */
    static final long MAX_HEADER_BYTES = 100_000_000;

    private static final int LENGTH_BYTES = Long.BYTES;
    private static final String METADATA = "__metadata__";

    /** Takes an immutable copy of the map. */
    public SafetensorsFile {
        tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    }

    /**
     * Reads the header; the tensors' bytes are not touched and the file is closed again.
     *
     * @throws ModelFormatException if the file cannot be read or is not a complete, consistent safetensors file of
     *             {@link WeightType} tensors
     */
    public static SafetensorsFile read(Path file) {
        ModelFile.requireRegular(file, "a safetensors file");
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            long size = channel.size();
            long headerBytes = headerLength(file, channel, size);
            ByteBuffer header = readFully(channel, (int) headerBytes);
            return parse(file, StrictJson.parse(file, header), LENGTH_BYTES + headerBytes, size);
        } catch (IOException e) {
            throw new ModelFormatException(file, "file", e.toString(), "a readable safetensors file", e);
        }
    }

    private static long headerLength(Path file, SeekableByteChannel channel, long size) throws IOException {
        if (size < LENGTH_BYTES) {
            throw new ModelFormatException(file, "header length", size + " bytes", "a file of at least 8 bytes");
        }
        long length = readFully(channel, LENGTH_BYTES).order(ByteOrder.LITTLE_ENDIAN).getLong();
        if (length < 0 || length > MAX_HEADER_BYTES) {
            throw new ModelFormatException(file, "header length", Long.toUnsignedString(length),
                    "at most " + MAX_HEADER_BYTES + " bytes");
        }
        if (length > size - LENGTH_BYTES) {
            throw new ModelFormatException(file, "header", (size - LENGTH_BYTES) + " bytes before the file ends",
                    length + " bytes");
        }
        return length;
    }

    private static ByteBuffer readFully(SeekableByteChannel channel, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new IOException("the file became shorter while it was read");
            }
        }
        return buffer.flip();
    }

    private static SafetensorsFile parse(Path file, JsonObject header, long dataStart, long fileSize) {
        JsonFields fields = new JsonFields(file, "", header);
        Map<String, WeightTensor> tensors = new LinkedHashMap<>();
        for (String name : header.keySet()) {
            if (!name.equals(METADATA)) {
                tensors.put(name, tensor(name, fields.requireObject(name), dataStart));
            }
        }
        checkLayout(file, List.copyOf(tensors.values()), dataStart, fileSize);
        return new SafetensorsFile(file, tensors);
    }

    private static WeightTensor tensor(String name, JsonFields entry, long dataStart) {
        String dtype = entry.requireString("dtype");
        WeightType type = WeightType.named(dtype)
                .orElseThrow(() -> entry.problem("dtype", dtype, "F32, F16 or BF16"));
        List<Long> shape = entry.requireLongs("shape", 0);
        List<Long> offsets = entry.requireLongs("data_offsets", 0);
        if (offsets.size() != 2 || offsets.get(0) > offsets.get(1) || offsets.get(1) > Long.MAX_VALUE - dataStart) {
            throw entry.problem("data_offsets", offsets.toString(), "[begin, end] with begin <= end");
        }
        long length = offsets.get(1) - offsets.get(0);
        if (length != byteSize(entry, shape, type)) {
            throw entry.problem("data_offsets", length + " bytes", "the size of " + shape + " in " + type);
        }
        return new WeightTensor(name, type, shape, entry.file(), dataStart + offsets.get(0), length);
    }

    private static long byteSize(JsonFields entry, List<Long> shape, WeightType type) {
        try {
            return shape.stream().reduce((long) type.bytes(), Math::multiplyExact);
        } catch (ArithmeticException e) {
            throw entry.problem("shape", shape.toString(), "a size that fits a file");
        }
    }

    private static void checkLayout(Path file, List<WeightTensor> tensors, long dataStart, long fileSize) {
        List<WeightTensor> inOrder = tensors.stream()
                .sorted(Comparator.comparingLong(WeightTensor::offset).thenComparingLong(WeightTensor::length))
                .toList();
        long end = dataStart;
        for (WeightTensor tensor : inOrder) {
            if (tensor.offset() != end) {
                String problem = tensor.offset() < end ? "an overlap with the tensor before it" : "a hole before it";
                throw new ModelFormatException(file, "tensor " + tensor.name(),
                        problem + " (data begins at byte " + tensor.offset() + ")", "byte " + end);
            }
            end += tensor.length();
            if (end > fileSize) {
                throw new ModelFormatException(file, "tensor " + tensor.name(),
                        "a file of " + fileSize + " bytes (truncated?)", "at least " + end + " bytes");
            }
        }
        if (end != fileSize) {
            throw new ModelFormatException(file, "end of file", (fileSize - end) + " bytes behind the last tensor",
                    "none");
        }
    }
}
