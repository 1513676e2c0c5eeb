package io.augserve.onnx.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * ONNX Runtime's native library, loaded into this JVM for good (it has threads of its own, so it is never unloaded). Thread-safe.
 *
 * <p>{@link #bundled()} takes the library out of the official {@code onnxruntime} jar; {@link #at(Path)} takes one from the file system, as a CUDA
 * build needs: its provider libraries must lie beside it.
 */
public final class OrtLibrary {
    private static @Nullable OrtLibrary bundled;

    private final OrtApi api;
    private final String version;

    private OrtLibrary(Path file) {
        SymbolLookup symbols;
        try {
            symbols = SymbolLookup.libraryLookup(file.toAbsolutePath(), Arena.global());
        } catch (IllegalArgumentException e) {
            // The JDK swallows the loader's reason; loading the file the other way tells it.
            throw cannotLoad(file, loaderReason(file), e);
        }
        MemorySegment base = symbols.find("OrtGetApiBase").map(OrtLibrary::callForPointer)
                .orElseThrow(
                        () -> cannotLoad(file, "it is no ONNX Runtime library: it has no function OrtGetApiBase", null))
                .reinterpret(2 * ValueLayout.ADDRESS.byteSize());
        version = OrtApi.string(callForPointer(base.getAtIndex(ValueLayout.ADDRESS, 1)).address());
        MemorySegment table = getApi(base.get(ValueLayout.ADDRESS, 0));
        if (table.address() == 0) {
            throw cannotLoad(file,
                    "it is ONNX Runtime " + version + ", but 1." + OrtApi.VERSION + " or newer is needed", null);
        }
        api = new OrtApi(table);
    }

    /**
     * The library of the {@code onnxruntime} jar on the class or module path, unpacked to a temporary file on the first call and loaded once.
     *
     * @throws OrtException if there is none for this platform, or it cannot be unpacked or loaded; the message names file and reason
     */
    public static synchronized OrtLibrary bundled() {
        OrtLibrary library = bundled;
        if (library == null) {
            library = new OrtLibrary(unpack(resource(System.getProperty("os.name"), System.getProperty("os.arch"))));
            bundled = library;
        }
        return library;
    }

    /**
     * The library in this file.
     *
     * @throws OrtException if it cannot be loaded; the message names file and reason
     */
    public static OrtLibrary at(Path file) {
        if (!Files.isRegularFile(file)) {
            throw cannotLoad(file, "there is no such file", null);
        }
        return new OrtLibrary(file);
    }

    /** ONNX Runtime's version, such as {@code 1.29.0}. */
    public String version() {
        return version;
    }

    OrtApi api() {
        return api;
    }

    /** Where the official jar keeps the library for a platform, by the values of {@code os.name} and {@code os.arch}. */
    static String resource(String osName, String osArch) {
        String os = osName.toLowerCase(Locale.ROOT);
        String arch = osArch.equals("amd64") || osArch.equals("x86_64") ? "x64" : osArch;
        String file = os.startsWith("windows")
                ? "win-" + arch + "/onnxruntime.dll"
                : os.startsWith("mac")
                        ? "osx-" + arch + "/libonnxruntime.dylib"
                        : "linux-" + arch + "/libonnxruntime.so";
        return "ai/onnxruntime/native/" + file;
    }

    private static Path unpack(String resource) {
        String fileName = resource.substring(resource.lastIndexOf('/') + 1);
        try (InputStream in = OrtLibrary.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new OrtException("there is no ONNX Runtime library " + resource
                        + " on the class path: com.microsoft.onnxruntime:onnxruntime is missing or has no library for this platform");
            }
            Path folder = Files.createTempDirectory("augserve-onnxruntime");
            folder.toFile().deleteOnExit();
            Path file = folder.resolve(fileName);
            file.toFile().deleteOnExit();
            Files.copy(in, file);
            return file;
        } catch (IOException e) {
            throw new OrtException(
                    "cannot unpack ONNX Runtime library " + resource + " to the temporary folder: " + e.getMessage(),
                    e);
        }
    }

    private static MemorySegment callForPointer(MemorySegment function) {
        try {
            return (MemorySegment) Linker.nativeLinker()
                    .downcallHandle(function, FunctionDescriptor.of(ValueLayout.ADDRESS)).invokeExact();
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static MemorySegment getApi(MemorySegment function) {
        FunctionDescriptor descriptor = FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT);
        try {
            return (MemorySegment) Linker.nativeLinker().downcallHandle(function, descriptor)
                    .invokeExact(OrtApi.VERSION);
        } catch (Throwable e) {
            throw OrtApi.wrongCall(descriptor, e);
        }
    }

    private static String loaderReason(Path file) {
        try {
            System.load(file.toAbsolutePath().toString());
            return "the dynamic loader gives no reason";
        } catch (UnsatisfiedLinkError e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static OrtException cannotLoad(Path file, String reason, @Nullable Throwable cause) {
        String message = "cannot load ONNX Runtime library " + file + ": " + reason;
        return cause == null ? new OrtException(message) : new OrtException(message, cause);
    }
}
