package io.augserve.onnx;

import io.augserve.onnx.runtime.ElementType;

/** What the keys and values of an engine's cache are kept in; everything is computed in fp32 all the same. */
public enum KvType {
    /** Four bytes an element, as computed. */
    FP32(ElementType.FLOAT),
    /**
     * Two bytes an element: half the memory for a cache, and half the bytes for a step to read and for a swap to copy. Every key and value is rounded
     * to 11 bits, a relative error of 2^-11 at most, and bounded to plus and minus 65,504.
     */
    FP16(ElementType.FLOAT16);

    private final ElementType element;

    KvType(ElementType element) {
        this.element = element;
    }

    ElementType element() {
        return element;
    }
}
