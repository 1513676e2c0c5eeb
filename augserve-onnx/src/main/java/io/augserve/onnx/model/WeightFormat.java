package io.augserve.onnx.model;

/**
 * What the matrices of a model are kept in while it is served. Everything is computed in fp32; the format decides on memory, on the speed of small
 * batches, which is that of reading the weights, and on how far the weights are from the checkpoint's.
 */
public enum WeightFormat {
    /** As the checkpoint has them; in half precision read from its files in place. */
    AS_STORED,
    /** 4 bytes a weight. */
    FP32,
    /** IEEE half precision, 2 bytes a weight. Values beyond 65,504 become infinite. */
    FP16,
    /** The upper half of fp32, 2 bytes a weight. */
    BF16,
    /** Whole numbers of 8 bits, -127 to 127, with a scale for each group; 8.5 bits a weight with groups of 32. */
    INT8,
    /** Whole numbers of 4 bits, -8 to 7, with a scale for each group; 4.5 bits a weight with groups of 32. */
    INT4;

    /** Whether weights share scales. */
    public boolean quantised() {
        return this == INT8 || this == INT4;
    }

    /** The format that stored weights of a type are in. */
    public static WeightFormat of(WeightType type) {
        return switch (type) {
            case F32 -> FP32;
            case F16 -> FP16;
            case BF16 -> BF16;
        };
    }
}
