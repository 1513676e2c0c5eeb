package io.augserve.onnx.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryFilesTest {
    private static final LibraryFiles.Platform LINUX = LibraryFiles.Platform.of("Linux", "amd64");

    @TempDir
    Path folder;

    @Test
    void platformsHaveTheNamesOfTheJars() {
        assertThat(LINUX).returns("linux-x64", LibraryFiles.Platform::official)
                .returns("linux-x86_64", LibraryFiles.Platform::presets)
                .returns("libonnxruntime.so", LibraryFiles.Platform::library)
                .returns("libonnxruntime_providers_cuda.so", LibraryFiles.Platform::cudaProvider);
        assertThat(LibraryFiles.Platform.of("Linux", "aarch64")).returns("linux-aarch64",
                LibraryFiles.Platform::official).returns("linux-arm64", LibraryFiles.Platform::presets);
        assertThat(LibraryFiles.Platform.of("Mac OS X", "aarch64")).returns("osx-aarch64",
                LibraryFiles.Platform::official).returns("libonnxruntime.dylib", LibraryFiles.Platform::library);
        assertThat(LibraryFiles.Platform.of("Windows 11", "amd64")).returns("win-x64",
                LibraryFiles.Platform::official).returns("onnxruntime.dll", LibraryFiles.Platform::library);
    }

    private Path put(String file) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        return Files.writeString(path, file);
    }

    /** The folders stand for jars; each must end with a slash to be one. */
    private LibraryFiles classPath(String... jars) throws IOException {
        URL[] urls = new URL[jars.length];
        for (int i = 0; i < jars.length; i++) {
            urls[i] = folder.resolve(jars[i]).toUri().toURL();
        }
        return new LibraryFiles(LINUX, new URLClassLoader(urls, null));
    }

    @Test
    void forCudaAJarWithItsProviderGoesFirst() throws IOException {
        put("cpu/ai/onnxruntime/native/linux-x64/libonnxruntime.so");
        put("gpu/ai/onnxruntime/native/linux-x64/libonnxruntime.so");
        put("gpu/ai/onnxruntime/native/linux-x64/libonnxruntime_providers_shared.so");
        put("gpu/ai/onnxruntime/native/linux-x64/libonnxruntime_providers_cuda.so");
        LibraryFiles both = classPath("cpu", "gpu");
        assertThat(both.onClassPath(true).toString()).contains("/gpu/");
        assertThat(both.onClassPath(false).toString()).contains("/cpu/");
        assertThat(classPath("cpu").onClassPath(true).toString()).contains("/cpu/");
    }

    @Test
    void theProviderIsUnpackedBesideTheLibrary() throws IOException {
        String presets = "gpu/org/bytedeco/onnxruntime/linux-x86_64-gpu/";
        put(presets + "libonnxruntime.so.1");
        put(presets + "libonnxruntime_providers_shared.so");
        put(presets + "libonnxruntime_providers_cuda.so");
        put(presets + "libonnxruntime_providers_openvino.so");
        LibraryFiles files = classPath("gpu");
        Path library = files.unpack(files.onClassPath(true), true);
        assertThat(library).hasFileName("libonnxruntime.so.1").content().endsWith("libonnxruntime.so.1");
        try (var unpacked = Files.list(library.getParent())) {
            assertThat(unpacked.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder(
                    "libonnxruntime.so.1", "libonnxruntime_providers_shared.so", "libonnxruntime_providers_cuda.so");
        }
        Path alone = files.unpack(files.onClassPath(false), false);
        try (var unpacked = Files.list(alone.getParent())) {
            assertThat(unpacked).hasSize(1);
        }
    }

    @Test
    void anEmptyClassPathIsSaid() throws IOException {
        LibraryFiles none = classPath();
        assertThatThrownBy(() -> none.onClassPath(true)).isInstanceOf(OrtException.class)
                .hasMessageContaining("no ONNX Runtime library for linux-x64").hasMessageContaining("onnxruntime_gpu");
    }

    @Test
    void aFolderIsSearchedForTheLibraryAndAFileIsTakenAsItIs() throws IOException {
        LibraryFiles files = classPath();
        assertThat(files.named(folder.resolve("any.so"))).isEqualTo(folder.resolve("any.so"));
        assertThatThrownBy(() -> files.named(folder)).isInstanceOf(OrtException.class)
                .hasMessageContaining("libonnxruntime.so in " + folder);
        put("libonnxruntime_providers_cuda.so");
        Path versioned = put("libonnxruntime.so.1");
        assertThat(files.named(folder)).isEqualTo(versioned);
        assertThat(files.named(List.of(put("libonnxruntime.so")).getFirst().getParent()))
                .isEqualTo(folder.resolve("libonnxruntime.so"));
    }
}
