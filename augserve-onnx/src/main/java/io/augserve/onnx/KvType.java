package io.augserve.onnx;

import io.augserve.onnx.runtime.ElementType;

/**
 * What the keys and values of an engine's cache are kept in. On the CPU everything is computed in fp32 all the same; on CUDA it is what the model is
 * computed in too.
 */
public enum KvType {
    /** Four bytes an element, as computed. */
    FP32(ElementType.FLOAT),
    /**
     * Two bytes an element: half the memory for a cache, and half the bytes for a step to read and for a swap to copy. Every key and value is rounded
     * to 11 bits, a relative error of 2^-11 at most, and bounded to plus and minus 65,504.
     */
    FP16(ElementType.FLOAT16),
    /** Two bytes an element, with the range of fp32 and 8 bits of precision; on CUDA alone. */
    BF16(ElementType.BFLOAT16);

    private final ElementType element;

    KvType(ElementType element) {
        this.element = element;
    }

    ElementType element() {
        return element;
    }
}
