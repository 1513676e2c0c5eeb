package io.augserve.onnx.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.augserve.onnx.runtime.ElementType;
import io.augserve.onnx.runtime.KernelContext;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/** Operands in half precision as floats, and the result the other way, in memory that is used again. For rehearsals: nothing here is fast. Confined to one thread. */
final class HalfOperands {
    private final MemorySegment[] widened = new MemorySegment[BatchReader.SIN + 1];
    private MemorySegment result = MemorySegment.NULL;
    private long resultSize;

    HalfOperands() {
        Arrays.fill(widened, MemorySegment.NULL);
    }

    static void requireSupported(ElementType type) {
        if (type != ElementType.FLOAT && type != ElementType.FLOAT16) {
            throw new IllegalArgumentException("operands of " + type + ": expected FLOAT or FLOAT16");
        }
    }

    /** An input as floats; valid until it is asked for again. */
    MemorySegment widened(KernelContext context, int input) {
        MemorySegment half = context.input(input);
        long count = half.byteSize() / Short.BYTES;
        widened[input] = reserved(widened[input], count);
        for (long i = 0; i < count; i++) {
            short bits = half.get(JAVA_SHORT_UNALIGNED, i * Short.BYTES);
            widened[input].setAtIndex(JAVA_FLOAT, i, Float.float16ToFloat(bits));
        }
        return widened[input].asSlice(0, count * Float.BYTES);
    }

    /** Room for a result of so many floats. */
    MemorySegment result(long count) {
        result = reserved(result, count);
        resultSize = count;
        return result;
    }

    /** Rounds the result. */
    void narrow(MemorySegment half) {
        for (long i = 0; i < resultSize; i++) {
            half.set(JAVA_SHORT_UNALIGNED, i * Short.BYTES, Float.floatToFloat16(result.getAtIndex(JAVA_FLOAT, i)));
        }
    }

    private static MemorySegment reserved(MemorySegment there, long floats) {
        long bytes = Math.max(1, floats) * Float.BYTES;
        return there.byteSize() >= bytes ? there : Arena.ofAuto().allocate(bytes, 64);
    }
}
