package io.augserve.onnx.runtime;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.ValueLayout;

/** The C types that occur in struct OrtApi, for the 64-bit platforms that ONNX Runtime ships for. */
final class CType {
    /** Any pointer, carried as its address. */
    static final ValueLayout.OfLong POINTER = ValueLayout.JAVA_LONG;
    static final ValueLayout.OfLong SIZE = ValueLayout.JAVA_LONG;
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    /** {@code void Release(object*)}. */
    static final FunctionDescriptor RELEASE = FunctionDescriptor.ofVoid(POINTER);

    private CType() {}
}
