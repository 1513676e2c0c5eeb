package io.augserve.onnx.graph;

/** The ONNX element types that decoder graphs use, with their numbers in {@code TensorProto.DataType}. */
public enum TensorType {
    /** 32-bit IEEE 754. */
    FLOAT(1),
    /** 32-bit signed integer. */
    INT32(6),
    /** 64-bit signed integer. */
    INT64(7),
    /** 16-bit IEEE 754. */
    FLOAT16(10),
    /** The upper half of a 32-bit float. */
    BFLOAT16(16);

    private final int code;

    TensorType(int code) {
        this.code = code;
    }

    /** The number in {@code TensorProto.DataType}. */
    public int code() {
        return code;
    }
}
