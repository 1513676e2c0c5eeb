package io.augserve.onnx.runtime;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;

/** The one question that ONNX Runtime does not answer: how much memory a CUDA device has free. Asked of CUDA's own runtime library, if it is there. */
public final class CudaRuntime {
    private static final List<String> NAMES = List.of("libcudart.so.12", "libcudart.so.13", "cudart64_12.dll",
            "cudart64_13.dll");
    private static final int SUCCESS = 0;

    private final MethodHandle setDevice;
    private final MethodHandle memGetInfo;

    private CudaRuntime(MethodHandle setDevice, MethodHandle memGetInfo) {
        this.setDevice = setDevice;
        this.memGetInfo = memGetInfo;
    }

    /** The library that the dynamic loader finds; empty if there is none. A CUDA provider that needs it has loaded it already. */
    public static Optional<CudaRuntime> find() {
        for (String name : NAMES) {
            try {
                return of(SymbolLookup.libraryLookup(name, Arena.global()));
            } catch (IllegalArgumentException e) {
                // The next one, or none.
            }
        }
        return Optional.empty();
    }

    /** Over a library's functions; empty if it lacks one. */
    static Optional<CudaRuntime> of(SymbolLookup library) {
        Optional<MethodHandle> setDevice = library.find("cudaSetDevice")
                .map(address -> handle(address, FunctionDescriptor.of(CType.INT, CType.INT)));
        return library.find("cudaMemGetInfo")
                .map(address -> handle(address, FunctionDescriptor.of(CType.INT, CType.POINTER, CType.POINTER)))
                .flatMap(memory -> setDevice.map(device -> new CudaRuntime(device, memory)));
    }

    private static MethodHandle handle(MemorySegment function, FunctionDescriptor descriptor) {
        return Linker.nativeLinker().downcallHandle(function, descriptor);
    }

    /**
     * The memory of a device now. Makes the device the calling thread's current one.
     *
     * @throws OrtException with CUDA's error number if that fails
     */
    public DeviceMemory memory(int device) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment free = arena.allocate(CType.SIZE);
            MemorySegment total = arena.allocate(CType.SIZE);
            check("cudaSetDevice(" + device + ")", (int) setDevice.invokeExact(device));
            check("cudaMemGetInfo", (int) memGetInfo.invokeExact(free.address(), total.address()));
            return new DeviceMemory(free.get(CType.SIZE, 0), total.get(CType.SIZE, 0));
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a downcall threw", e);
        }
    }

    private static void check(String call, int error) {
        if (error != SUCCESS) {
            throw new OrtException(call + " failed with CUDA error " + error);
        }
    }
}
