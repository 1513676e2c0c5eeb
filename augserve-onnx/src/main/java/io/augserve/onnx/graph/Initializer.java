package io.augserve.onnx.graph;

import io.augserve.onnx.runtime.ElementType;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.OptionalLong;

/**
 * A constant tensor of a model file.
 *
 * @param name the name
 * @param type ONNX's number of the element type
 * @param shape the dimensions
 * @param data where its numbers are
 */
public record Initializer(String name, int type, List<Long> shape, Data data) {
    /** Takes an immutable copy of the list. */
    public Initializer {
        shape = List.copyOf(shape);
    }

    /** Where the numbers of a constant are. */
    public sealed interface Data {
        /**
         * In another file.
         *
         * @param location relative to the model file's folder
         * @param offset of the first byte
         * @param length in bytes, if the file says it
         */
        record External(String location, long offset, OptionalLong length) implements Data {}

        /**
         * In the model file itself, as plain bytes.
         *
         * @param message the serialised {@code TensorProto}
         * @param offset of the first byte of the numbers in the file
         * @param length in bytes
         */
        record Raw(MemorySegment message, long offset, long length) implements Data {}

        /**
         * In the model file itself, number by number.
         *
         * @param message the serialised {@code TensorProto}
         */
        record Listed(MemorySegment message) implements Data {}
    }

    /** One-dimensional int64 numbers. */
    static Initializer ofLongs(String name, List<Long> values) {
        ProtoMessage tensor = new ProtoMessage().varint(1, values.size()).varint(2, ElementType.INT64.code());
        values.forEach(value -> tensor.varint(7, value));
        MemorySegment message = MemorySegment.ofArray(tensor.string(8, name).toByteArray());
        return new Initializer(name, ElementType.INT64.code(), List.of((long) values.size()), new Data.Listed(message));
    }

    /** Bytes of the numbers as they are stored. */
    long bytes() {
        return switch (data) {
            case Data.External external -> external.length().orElse(0);
            case Data.Raw raw -> raw.length();
            case Data.Listed listed -> listed.message().byteSize();
        };
    }
}
