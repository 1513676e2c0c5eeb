package io.augserve.onnx.runtime;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** The attributes of one node, readable while its kernel is made. An attribute of another type counts as absent. */
public final class NodeAttributes {
    private final OrtApi api;
    private final long kernelInfo;

    NodeAttributes(OrtApi api, long kernelInfo) {
        this.api = api;
        this.kernelInfo = kernelInfo;
    }

    /** The INT attribute of this name. */
    public OptionalLong integer(String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(ValueLayout.JAVA_LONG);
            return read(OrtFunction.KERNEL_INFO_GET_ATTRIBUTE_INT64, arena, name, value)
                    ? OptionalLong.of(value.get(ValueLayout.JAVA_LONG, 0))
                    : OptionalLong.empty();
        }
    }

    /** The FLOAT attribute of this name. */
    public OptionalDouble real(String name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(ValueLayout.JAVA_FLOAT);
            return read(OrtFunction.KERNEL_INFO_GET_ATTRIBUTE_FLOAT, arena, name, value)
                    ? OptionalDouble.of(value.get(ValueLayout.JAVA_FLOAT, 0))
                    : OptionalDouble.empty();
        }
    }

    /** ONNX Runtime tells an absent attribute by a failure. */
    private boolean read(OrtFunction function, Arena arena, String name, MemorySegment value) {
        try {
            api.call(function, kernelInfo, arena.allocateFrom(name), value);
            return true;
        } catch (OrtException absent) {
            return false;
        }
    }
}
