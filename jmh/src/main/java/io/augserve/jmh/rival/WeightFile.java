package io.augserve.jmh.rival;

import io.augserve.onnx.graph.OnnxWriter;
import io.augserve.onnx.runtime.ElementType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.LongStream;

/** Normal numbers of deviation 0.02 in fp32 in a temporary file, given out piece by piece: the same name, the same numbers. */
final class WeightFile implements AutoCloseable {
    private static final int REPEAT = (1 << 20) + 4;
    private static final double DEVIATION = 0.02;

    private record Piece(long offset, List<Long> shape) {}

    private final Path file;
    private final Map<String, Piece> pieces = new LinkedHashMap<>();
    private long end;

    WeightFile() throws IOException {
        file = Files.createTempFile("decoder", ".weights");
    }

    Path folder() {
        return Objects.requireNonNull(file.toAbsolutePath().getParent());
    }

    /** Adds a tensor to a graph. */
    String add(OnnxWriter graph, String name, long... shape) {
        Piece piece = pieces.get(name);
        if (piece == null) {
            piece = new Piece(end, LongStream.of(shape).boxed().toList());
            pieces.put(name, piece);
            end += ElementType.FLOAT.bytes(shape);
        }
        graph.external(name, ElementType.FLOAT, piece.shape(), file.getFileName().toString(), piece.offset(),
                ElementType.FLOAT.bytes(shape));
        return name;
    }

    /** Writes the numbers of all tensors added so far. */
    void write() throws IOException {
        Random random = new Random(1);
        ByteBuffer numbers = ByteBuffer.allocateDirect(REPEAT * Float.BYTES).order(ByteOrder.nativeOrder());
        for (int i = 0; i < REPEAT; i++) {
            numbers.putFloat((float) (DEVIATION * random.nextGaussian()));
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            while (channel.position() < end) {
                channel.write(numbers.flip());
            }
        }
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
    }
}
