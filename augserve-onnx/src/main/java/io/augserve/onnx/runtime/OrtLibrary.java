package io.augserve.onnx.runtime;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ONNX Runtime's native library, loaded into this JVM for good (it has threads of its own, so it is never unloaded). Thread-safe.
 *
 * <p>{@link #find} chooses one; {@link #at(Path)} takes one from the file system, as a CUDA build is best kept: its provider libraries must lie beside
 * it.
 */
public final class OrtLibrary {
    /** The system property that names the library's file or folder. */
    public static final String PROPERTY = "augserve.onnxruntime";

    private static final Logger LOG = LoggerFactory.getLogger(OrtLibrary.class);
    /** By where they came from. */
    private static final Map<String, OrtLibrary> UNPACKED = new HashMap<>();

    private final Path file;
    private final OrtApi api;
    private final String version;

    private OrtLibrary(Path file) {
        this.file = file;
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
     * The library that a machine's engines run on: what the option says, else the system property {@value #PROPERTY}, else what is on the class path:
     * the official jars or the JavaCPP presets. Option and property name the file or the folder that it is in. For CUDA, a jar that has the CUDA
     * provider goes before one that has not.
     *
     * @throws OrtException if there is none for this platform, or it cannot be unpacked or loaded; the message names file and reason
     */
    public static OrtLibrary find(Optional<Path> option, Device device) {
        Optional<Path> named = option.or(() -> Optional.ofNullable(System.getProperty(PROPERTY)).map(Path::of));
        return named.isPresent()
                ? at(LibraryFiles.ofThisProcess().named(named.get()))
                : onClassPath(!device.isCpu());
    }

    /**
     * The library on the class or module path, unpacked to a temporary file on the first call and loaded once.
     *
     * @throws OrtException if there is none for this platform, or it cannot be unpacked or loaded; the message names file and reason
     */
    public static OrtLibrary bundled() {
        return onClassPath(false);
    }

    private static synchronized OrtLibrary onClassPath(boolean cuda) {
        LibraryFiles files = LibraryFiles.ofThisProcess();
        URL resource = files.onClassPath(cuda);
        return UNPACKED.computeIfAbsent(resource + (cuda ? " with CUDA" : ""), _ -> {
            if (cuda) {
                LOG.info("unpacking {}; the system property {} names a folder where it lies unpacked", resource,
                        PROPERTY);
            }
            return new OrtLibrary(files.unpack(resource, cuda));
        });
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

    /** Where it was loaded from. */
    public Path file() {
        return file;
    }

    OrtApi api() {
        return api;
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
