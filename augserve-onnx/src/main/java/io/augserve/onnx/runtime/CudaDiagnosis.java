package io.augserve.onnx.runtime;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Why a CUDA device could not be opened, and what to do about it, in one line. Reads what ONNX Runtime passes on from the dynamic loader and from CUDA.
 */
final class CudaDiagnosis {
    private static final Pattern MISSING = Pattern
            .compile("(lib[\\w+-]+\\.so(?:\\.(\\d+))?[\\w.]*): cannot open shared object file");
    private static final Pattern TOO_OLD_SYSTEM = Pattern.compile("version [`'](GLIBC(?:XX)?_[\\d.]+)' not found");
    private static final Pattern TOOLKIT = Pattern
            .compile("lib(cudart|cublas|cublasLt|cufft|curand|cusparse|nvrtc|nvJitLink)\\.so.*");
    /** Major versions that could be on a machine. */
    private static final List<Integer> MAJORS = List.of(11, 12, 13, 14);

    private final Predicate<String> loadable;

    /** @param loadable whether the dynamic loader finds a library of that name */
    CudaDiagnosis(Predicate<String> loadable) {
        this.loadable = loadable;
    }

    static CudaDiagnosis ofThisMachine() {
        return new CudaDiagnosis(CudaDiagnosis::isLoadable);
    }

    private static boolean isLoadable(String library) {
        try (Arena arena = Arena.ofConfined()) {
            SymbolLookup.libraryLookup(library, arena);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /**
     * The line.
     *
     * @param message ONNX Runtime's
     * @return empty if the message is about something else than CUDA's being there
     */
    Optional<String> of(OrtLibrary library, Device device, String message) {
        return of("ONNX Runtime " + library.version() + " from " + library.file(), device, message);
    }

    Optional<String> of(String library, Device device, String message) {
        return reason(message, device).map(reason -> "CUDA device " + device.id() + " cannot be used: " + reason + ". "
                + library + " says: " + message.strip().replaceAll("\\s+", " "));
    }

    private Optional<String> reason(String message, Device device) {
        Matcher missing = MISSING.matcher(message);
        if (missing.find()) {
            return Optional.of(missing(missing.group(1), Optional.ofNullable(missing.group(2))));
        }
        Matcher system = TOO_OLD_SYSTEM.matcher(message);
        if (system.find()) {
            return Optional.of("the CUDA provider needs " + system.group(1)
                    + ", which this system's C or C++ library is too old for; use a newer system or an older ONNX Runtime");
        }
        if (says(message, "provider is not enabled in this build", "not enabled or not available",
                "CUDA execution provider is not supported")) {
            return Optional
                    .of("this library was built without CUDA; use com.microsoft.onnxruntime:onnxruntime_gpu (CUDA "
                            + "12) or org.bytedeco:onnxruntime with the classifier linux-x86_64-gpu (CUDA 13), on the class path "
                            + "or unpacked into a folder that the option library or the system property "
                            + OrtLibrary.PROPERTY + " names");
        }
        if (says(message, "undefined symbol", "wrong ELF class", "VERS_1.0")) {
            return Optional.of("the CUDA provider beside the library is of another build; take both from one jar");
        }
        return ofRuntime(message, device);
    }

    private String missing(String name, Optional<String> major) {
        if (name.startsWith("libonnxruntime_providers")) {
            return name + " is missing; it must lie beside ONNX Runtime's library, both from one jar";
        }
        if (name.startsWith("libcuda.so")) {
            return name + ", NVIDIA's driver, is missing; install the driver, or give the container the GPU";
        }
        if (name.startsWith("libcudnn")) {
            return name + " is missing: cuDNN " + major.orElse("9") + " is needed; install it and put its folder on "
                    + "LD_LIBRARY_PATH";
        }
        if (!TOOLKIT.matcher(name).matches() || major.isEmpty()) {
            return name + " is missing; install it and put its folder on LD_LIBRARY_PATH";
        }
        String needed = major.get();
        List<String> found = new ArrayList<>();
        for (int other : MAJORS) {
            if (!needed.equals(Integer.toString(other)) && loadable.test("libcudart.so." + other)) {
                found.add("CUDA " + other);
            }
        }
        return name + " is missing: CUDA " + needed + " is needed, "
                + (found.isEmpty() ? "no CUDA was found" : String.join(" and ", found) + " was found")
                + "; install CUDA " + needed + "'s runtime libraries and put their folder on LD_LIBRARY_PATH"
                + (found.isEmpty() ? "" : ", or use an ONNX Runtime for " + found.getLast());
    }

    private static Optional<String> ofRuntime(String message, Device device) {
        if (says(message, "driver version is insufficient", "InsufficientDriver", "CUDA failure 35")) {
            return Optional.of("NVIDIA's driver is too old for the CUDA libraries; install a newer one, or an ONNX "
                    + "Runtime for an older CUDA");
        }
        if (says(message, "no CUDA-capable device", "cudaErrorNoDevice", "CUDA failure 100")) {
            return Optional.of("the driver sees no GPU; check nvidia-smi and CUDA_VISIBLE_DEVICES");
        }
        if (says(message, "invalid device ordinal", "cudaErrorInvalidDevice", "CUDA failure 101")) {
            return Optional.of("there is no device " + device.id() + "; nvidia-smi lists them, from 0");
        }
        if (says(message, "no kernel image is available", "CUDA failure 209")) {
            return Optional.of("this build has no kernels for this GPU; use an ONNX Runtime that supports it");
        }
        if (says(message, "CUDA failure 2:", "Failed to allocate memory", "Available memory of",
                "cudaErrorMemoryAllocation")) {
            return Optional
                    .of("it has too little free memory; close other programs on it, lower the memory fraction or "
                            + "kvCacheTokens, or take a smaller model");
        }
        if (says(message, "cuDNN is not available")) {
            return Optional.of("cuDNN 9 is needed and was not found; install it and put its folder on LD_LIBRARY_PATH");
        }
        return says(message, "CUDA failure", "CUDA error", "CUBLAS failure")
                ? Optional.of("CUDA failed")
                : Optional.empty();
    }

    private static boolean says(String message, String... parts) {
        for (String part : parts) {
            if (message.contains(part)) {
                return true;
            }
        }
        return false;
    }
}
