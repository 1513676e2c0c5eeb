package io.augserve.examples;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** ONNX Runtime for the processor alone, out of the official jar, so that tests see the same whatever is on the machine. */
final class LibraryWithoutCuda {
    private static Optional<Path> folder = Optional.empty();

    private LibraryWithoutCuda() {}

    static synchronized Path folder() {
        folder = folder.or(() -> Optional.of(unpack()));
        return folder.get();
    }

    private static Path unpack() {
        try (InputStream in = LibraryWithoutCuda.class.getClassLoader()
                .getResourceAsStream("ai/onnxruntime/native/linux-x64/libonnxruntime.so")) {
            Path directory = Files.createTempDirectory("augserve-library");
            directory.toFile().deleteOnExit();
            Path file = directory.resolve("libonnxruntime.so");
            file.toFile().deleteOnExit();
            Files.copy(in, file);
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
