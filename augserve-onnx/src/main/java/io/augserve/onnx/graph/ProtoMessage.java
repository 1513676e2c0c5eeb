package io.augserve.onnx.graph;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One protobuf message under construction (wire format: protobuf.dev/programming-guides/encoding). Fields are written in
 * the order of the calls. A message put into another must be complete: its bytes are shared, not copied, so that a large
 * table does not pass through every enclosing message. Not thread-safe.
 */
final class ProtoMessage {
    private static final int VARINT = 0;
    private static final int LENGTH_DELIMITED = 2;
    private static final int FIXED32 = 5;
    private static final int MAX_VARINT_BYTES = 10;

    private final List<byte[]> parts = new ArrayList<>();
    private int size;

    /** An int32, int64, uint or enum field; a negative value takes ten bytes, as protobuf demands. */
    ProtoMessage varint(int field, long value) {
        return tag(field, VARINT).add(encode(value));
    }

    /** A float field. */
    ProtoMessage fixed32(int field, float value) {
        byte[] bytes = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN).putFloat(value).array();
        return tag(field, FIXED32).add(bytes);
    }

    /** A bytes field; the array must not change afterwards. */
    ProtoMessage bytes(int field, byte[] value) {
        return tag(field, LENGTH_DELIMITED).add(encode(value.length)).add(value);
    }

    /** Fields that were serialised elsewhere. */
    ProtoMessage raw(MemorySegment fields) {
        return add(fields.toArray(ValueLayout.JAVA_BYTE));
    }

    ProtoMessage string(int field, String value) {
        return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    ProtoMessage message(int field, ProtoMessage value) {
        tag(field, LENGTH_DELIMITED).add(encode(value.size));
        size = Math.addExact(size, value.size);
        parts.addAll(value.parts);
        return this;
    }

    byte[] toByteArray() {
        ByteBuffer all = ByteBuffer.allocate(size);
        parts.forEach(all::put);
        return all.array();
    }

    private ProtoMessage tag(int field, int wireType) {
        return add(encode(((long) field << 3) | wireType));
    }

    private ProtoMessage add(byte[] bytes) {
        parts.add(bytes);
        size = Math.addExact(size, bytes.length);
        return this;
    }

    /** Seven bits a byte, the lowest first, the high bit set on all but the last. */
    private static byte[] encode(long value) {
        byte[] bytes = new byte[MAX_VARINT_BYTES];
        int length = 0;
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            bytes[length++] = (byte) ((rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
        return Arrays.copyOf(bytes, length);
    }
}
