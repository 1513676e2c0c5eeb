package io.augserve.onnx.graph;

import io.augserve.onnx.model.ModelFormatException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.LongConsumer;

/**
 * Walks over the fields of one protobuf message in memory (wire format: protobuf.dev/programming-guides/encoding): {@link #next} goes to
 * the next field, and one of the methods behind it takes or skips its value. Nothing is believed: whatever is cut off, overlong or of
 * another wire type than asked for is a {@link ModelFormatException} that names the byte. Not thread-safe.
 */
final class ProtoReader {
    /** Longer than any name of a value, node or operator. */
    static final int MAX_STRING_BYTES = 1 << 16;

    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final int MAX_VARINT_BYTES = 10;
    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED32 = 5;

    private final Path file;
    private final MemorySegment bytes;
    private final long begin;
    private long position;
    private int field;
    private int wireType;

    /**
     * @param file for messages
     * @param bytes the message
     * @param begin where it begins in the file
     */
    ProtoReader(Path file, MemorySegment bytes, long begin) {
        this.file = file;
        this.bytes = bytes;
        this.begin = begin;
    }

    /** Goes to the next field; false at the end. The value of the field before must have been taken or skipped. */
    boolean next() {
        if (position == bytes.byteSize()) {
            return false;
        }
        long tag = rawVarint();
        long number = tag >>> 3;
        if (number < 1 || number > Integer.MAX_VALUE) {
            throw problem("field number " + Long.toUnsignedString(number), "a positive one");
        }
        field = (int) number;
        wireType = (int) (tag & 7);
        return true;
    }

    /** The number of the field. */
    int field() {
        return field;
    }

    long varint() {
        require(VARINT);
        return rawVarint();
    }

    /** An int32 or enum. */
    int number() {
        long value = varint();
        if (value != (int) value) {
            throw problem("number " + value, "one of 32 bits");
        }
        return (int) value;
    }

    float fixed32() {
        require(FIXED32);
        float value = Float.intBitsToFloat(bytes.get(INT, advance(Float.BYTES)));
        return value;
    }

    /** One value of a repeated int64 field, or all of them if they are packed. */
    void varints(LongConsumer each) {
        if (wireType == LENGTH_DELIMITED) {
            ProtoReader packed = message();
            while (packed.position < packed.bytes.byteSize()) {
                each.accept(packed.rawVarint());
            }
        } else {
            each.accept(varint());
        }
    }

    /** A nested message, to be read on its own. */
    ProtoReader message() {
        long at = position;
        MemorySegment content = content();
        return new ProtoReader(file, content, begin + at + (position - at - content.byteSize()));
    }

    /** The bytes of this message, shared with it. */
    MemorySegment all() {
        return bytes;
    }

    /** Where this message begins in the file. */
    long begin() {
        return begin;
    }

    /** A bytes field or an undecoded message, shared with this one. */
    MemorySegment content() {
        require(LENGTH_DELIMITED);
        long length = rawVarint();
        if (length < 0 || length > bytes.byteSize() - position) {
            throw problem(Long.toUnsignedString(length) + " bytes",
                    "at most the " + (bytes.byteSize() - position) + " that are left");
        }
        return bytes.asSlice(advance(length), length);
    }

    String string() {
        MemorySegment content = content();
        if (content.byteSize() > MAX_STRING_BYTES) {
            throw problem("a text of " + content.byteSize() + " bytes", "at most " + MAX_STRING_BYTES);
        }
        try {
            return StandardCharsets.UTF_8.newDecoder()
                    .decode(ByteBuffer.wrap(content.toArray(ValueLayout.JAVA_BYTE))).toString();
        } catch (CharacterCodingException e) {
            throw problem("malformed UTF-8", "text");
        }
    }

    void skip() {
        switch (wireType) {
            case VARINT -> rawVarint();
            case FIXED64 -> advance(Long.BYTES);
            case LENGTH_DELIMITED -> content();
            case FIXED32 -> advance(Integer.BYTES);
            default -> throw problem("wire type " + wireType, "0, 1, 2 or 5");
        }
    }

    ModelFormatException problem(String found, String expected) {
        return new ModelFormatException(file, "byte " + (begin + position), found, expected + " (no ONNX model?)");
    }

    private void require(int expected) {
        if (wireType != expected) {
            throw problem("wire type " + wireType + " in field " + field, Integer.toString(expected));
        }
    }

    private long rawVarint() {
        long value = 0;
        for (int i = 0; i < MAX_VARINT_BYTES; i++) {
            byte next = bytes.get(ValueLayout.JAVA_BYTE, advance(1));
            value |= (next & 0x7FL) << (7 * i);
            if (next >= 0) {
                return value;
            }
        }
        throw problem("a number of more than " + MAX_VARINT_BYTES + " bytes", "a shorter one");
    }

    /** Where the next so many bytes begin, which are taken with this. */
    private long advance(long count) {
        long at = position;
        if (count > bytes.byteSize() - at) {
            throw problem("the end of the message", count + " more bytes");
        }
        position += count;
        return at;
    }
}
