package io.augserve.onnx.runtime;

import java.util.Arrays;

/** The element types of tensors, with ONNX's code (TensorProto.DataType, the same numbers as ONNXTensorElementDataType) and their size. */
public enum ElementType {
    // @formatter:off
    FLOAT(1, 4),
    UINT8(2, 1),
    INT8(3, 1),
    INT32(6, 4),
    INT64(7, 8),
    BOOL(9, 1),
    FLOAT16(10, 2),
    DOUBLE(11, 8),
    BFLOAT16(16, 2);
    // @formatter:on

    private final int code;
    private final int bytes;

    ElementType(int code, int bytes) {
        this.code = code;
        this.bytes = bytes;
    }

    /** ONNX's number for the type. */
    public int code() {
        return code;
    }

    /** Bytes per element. */
    public int bytes() {
        return bytes;
    }

    /**
     * Bytes of a dense tensor of this type.
     *
     * @throws IllegalArgumentException if a dimension is negative or the size overflows
     */
    public long bytes(long... shape) {
        long size = bytes;
        for (long dimension : shape) {
            if (dimension < 0) {
                throw new IllegalArgumentException(
                        "a tensor dimension must not be negative, got " + Arrays.toString(shape));
            }
            size = Math.multiplyExact(size, dimension);
        }
        return size;
    }

    /**
     * The type with ONNX's number.
     *
     * @throws IllegalArgumentException for a type that this package does not handle
     */
    public static ElementType ofCode(int code) {
        for (ElementType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        throw new IllegalArgumentException("ONNX element type " + code + " is not supported");
    }
}
