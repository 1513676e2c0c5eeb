package io.augserve.onnx.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where ONNX Runtime's native library lies: in a file or folder of the user's, or in a jar on the class path, which is unpacked to a temporary folder.
 * The libraries of execution providers must lie beside it, so they are unpacked with it.
 */
final class LibraryFiles {
    /** The official jars, {@code onnxruntime} and {@code onnxruntime_gpu}. */
    private static final String OFFICIAL = "ai/onnxruntime/native/";
    /** The JavaCPP presets. */
    private static final String PRESETS = "org/bytedeco/onnxruntime/";

    private final Platform platform;
    private final ClassLoader loader;

    /** Names of an operating system and processor. */
    record Platform(String official, String presets, String library, String provider) {
        /** By the values of {@code os.name} and {@code os.arch}. */
        static Platform of(String osName, String osArch) {
            String os = osName.toLowerCase(Locale.ROOT);
            boolean x64 = osArch.equals("amd64") || osArch.equals("x86_64");
            String official = x64 ? "x64" : osArch;
            String presets = x64 ? "x86_64" : osArch.equals("aarch64") ? "arm64" : osArch;
            if (os.startsWith("windows")) {
                return new Platform("win-" + official, "windows-" + presets, "onnxruntime.dll",
                        "onnxruntime_providers_%s.dll");
            }
            return os.startsWith("mac")
                    ? new Platform("osx-" + official, "macosx-" + presets, "libonnxruntime.dylib",
                            "libonnxruntime_providers_%s.dylib")
                    : new Platform("linux-" + official, "linux-" + presets, "libonnxruntime.so",
                            "libonnxruntime_providers_%s.so");
        }

        String cudaProvider() {
            return provider.formatted("cuda");
        }

        String sharedProvider() {
            return provider.formatted("shared");
        }
    }

    LibraryFiles(Platform platform, ClassLoader loader) {
        this.platform = platform;
        this.loader = loader;
    }

    static LibraryFiles ofThisProcess() {
        return new LibraryFiles(Platform.of(System.getProperty("os.name"), System.getProperty("os.arch")),
                LibraryFiles.class.getClassLoader());
    }

    /**
     * The library that a user names.
     *
     * @param where the file, or a folder that has it under its usual name, perhaps with a version behind it
     * @throws OrtException if there is none
     */
    Path named(Path where) {
        if (!Files.isDirectory(where)) {
            return where;
        }
        try (Stream<Path> files = Files.list(where)) {
            return files.filter(file -> isLibrary(String.valueOf(file.getFileName()))).sorted().findFirst()
                    .orElseThrow(() -> new OrtException("there is no ONNX Runtime library " + platform.library()
                            + " in " + where));
        } catch (IOException e) {
            throw new OrtException("cannot list " + where + ": " + e.getMessage(), e);
        }
    }

    private boolean isLibrary(String name) {
        return name.equals(platform.library()) || name.startsWith(platform.library() + ".");
    }

    /**
     * The library on the class path.
     *
     * @param cuda whether one with CUDA beside it is wanted; another one is given if there is none such
     * @throws OrtException if there is none for this platform
     */
    URL onClassPath(boolean cuda) {
        List<URL> found = new ArrayList<>();
        found.addAll(resources(OFFICIAL + platform.official() + "/" + platform.library()));
        for (String folder : List.of(platform.presets() + "-gpu", platform.presets())) {
            for (String suffix : List.of(".1", "")) {
                found.addAll(resources(PRESETS + folder + "/" + platform.library() + suffix));
            }
        }
        Optional<URL> withCuda = found.stream().filter(url -> has(url, platform.cudaProvider())).findFirst();
        Optional<URL> any = cuda ? withCuda : Optional.empty();
        return any.or(() -> found.stream().findFirst()).orElseThrow(() -> new OrtException(
                "there is no ONNX Runtime library for " + platform.official()
                        + " on the class path: com.microsoft.onnxruntime:onnxruntime, onnxruntime_gpu or"
                        + " org.bytedeco:onnxruntime is missing or has none for this platform"));
    }

    private List<URL> resources(String name) {
        try {
            return Collections.list(loader.getResources(name));
        } catch (IOException e) {
            throw new OrtException("cannot look for " + name + " on the class path: " + e.getMessage(), e);
        }
    }

    private static boolean has(URL library, String neighbour) {
        try (InputStream in = neighbour(library, neighbour).openStream()) {
            return in.read() >= 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static URL neighbour(URL library, String name) throws IOException {
        String text = library.toString();
        return URI.create(text.substring(0, text.lastIndexOf('/') + 1) + name).toURL();
    }

    /**
     * Copies a library of the class path, and the CUDA provider beside it if it is wanted and there, into a folder that is deleted when the JVM ends.
     *
     * @throws OrtException if that fails
     */
    Path unpack(URL library, boolean cuda) {
        String text = library.toString();
        String fileName = text.substring(text.lastIndexOf('/') + 1);
        try {
            Path folder = Files.createTempDirectory("augserve-onnxruntime");
            folder.toFile().deleteOnExit();
            Path file = copy(library, folder.resolve(fileName));
            if (cuda && has(library, platform.cudaProvider())) {
                for (String name : List.of(platform.sharedProvider(), platform.cudaProvider())) {
                    copy(neighbour(library, name), folder.resolve(name));
                }
            }
            return file;
        } catch (IOException e) {
            throw new OrtException("cannot unpack ONNX Runtime library " + library + " to the temporary folder: "
                    + e.getMessage(), e);
        }
    }

    private static Path copy(URL from, Path to) throws IOException {
        to.toFile().deleteOnExit();
        try (InputStream in = from.openStream()) {
            Files.copy(in, to);
        }
        return to;
    }
}
