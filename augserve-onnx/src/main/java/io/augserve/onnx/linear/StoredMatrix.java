package io.augserve.onnx.linear;

import io.augserve.onnx.model.ModelFormatException;
import io.augserve.onnx.model.WeightFormat;
import io.augserve.onnx.model.WeightTensor;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A matrix in a file of a checkpoint, of which parts are read and not mapped: what was read for a conversion must not stay with this process, and a file
 * that becomes shorter is an error and not the end of the process.
 *
 * @param tensor where it lies
 * @param file the tensor's, links followed
 */
record StoredMatrix(WeightTensor tensor, Path file) {
    String name() {
        return tensor.name();
    }

    int rows() {
        return Math.toIntExact(tensor.shape().get(0));
    }

    int columns() {
        return Math.toIntExact(tensor.shape().get(1));
    }

    RowLayout layout() {
        return RowLayout.of(WeightFormat.of(tensor.type()), 1);
    }

    /** Some rows as a matrix of their own, in memory of an arena. */
    Matrix read(int from, int to, Arena arena) {
        long rowBytes = layout().rowBytes(columns());
        MemorySegment rows = read(from * rowBytes, (to - from) * rowBytes, arena);
        return new Matrix(name(), layout(), to - from, columns(), rows);
    }

    /**
     * Some of its bytes.
     *
     * @param from counted from the matrix's first
     * @throws ModelFormatException if they cannot be read
     */
    MemorySegment read(long from, long count, Arena arena) {
        MemorySegment bytes = arena.allocate(count, Long.BYTES);
        ByteBuffer buffer = bytes.asByteBuffer();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            while (buffer.hasRemaining()) {
                if (channel.read(buffer, tensor.offset() + from + buffer.position()) < 0) {
                    throw new EOFException("it became shorter while it was read");
                }
            }
        } catch (IOException e) {
            throw new ModelFormatException(file, "tensor " + name(), e.toString(), "a readable file", e);
        }
        return bytes;
    }
}
