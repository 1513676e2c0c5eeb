package io.augserve.onnx.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Against functions of CUDA's signatures that are written in Java. */
class CudaRuntimeTest {
    private static int current = -1;

    static int setDevice(int device) {
        current = device;
        return device < 2 ? 0 : 101;
    }

    static int memGetInfo(long free, long total) {
        MemorySegment.ofAddress(free).reinterpret(8).set(ValueLayout.JAVA_LONG, 0, 100L << 30);
        MemorySegment.ofAddress(total).reinterpret(8).set(ValueLayout.JAVA_LONG, 0, 140L << 30);
        return 0;
    }

    private static MemorySegment stub(String name, Arena arena, Class<?>... parameters) throws Exception {
        MethodType type = MethodType.methodType(int.class, parameters);
        MethodHandle handle = MethodHandles.lookup().findStatic(CudaRuntimeTest.class, name, type);
        ValueLayout[] layouts = new ValueLayout[parameters.length];
        for (int i = 0; i < layouts.length; i++) {
            layouts[i] = parameters[i] == int.class ? ValueLayout.JAVA_INT : ValueLayout.JAVA_LONG;
        }
        return Linker.nativeLinker().upcallStub(handle, FunctionDescriptor.of(ValueLayout.JAVA_INT, layouts), arena);
    }

    @Test
    void asksTheDeviceThatIsMeant() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            Map<String, MemorySegment> library = Map.of("cudaSetDevice", stub("setDevice", arena, int.class),
                    "cudaMemGetInfo", stub("memGetInfo", arena, long.class, long.class));
            SymbolLookup lookup = name -> Optional.ofNullable(library.get(name));
            CudaRuntime cuda = CudaRuntime.of(lookup).orElseThrow();
            assertThat(cuda.memory(1)).isEqualTo(new DeviceMemory(100L << 30, 140L << 30));
            assertThat(current).isEqualTo(1);
            assertThatThrownBy(() -> cuda.memory(2)).isInstanceOf(OrtException.class)
                    .hasMessage("cudaSetDevice(2) failed with CUDA error 101");
        }
    }

    @Test
    void aLibraryWithoutTheFunctionsIsNone() {
        assertThat(CudaRuntime.of(_ -> Optional.empty())).isEmpty();
    }
}
