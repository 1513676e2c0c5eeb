package io.augserve.onnx.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrtLibraryTest {
    @Test
    void isLoadedOnce() {
        assertThat(OrtLibrary.bundled()).isSameAs(OrtLibrary.bundled());
    }

    @Test
    void missingFileIsNamed() {
        assertThatThrownBy(() -> OrtLibrary.at(Path.of("no", "libonnxruntime.so"))).isInstanceOf(OrtException.class)
                .hasMessageContaining("libonnxruntime.so").hasMessageContaining("no such file");
    }

    @Test
    void fileThatIsNoLibraryIsNamedWithTheLoadersReason(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("libonnxruntime.so"), "not a library");
        assertThatThrownBy(() -> OrtLibrary.at(file)).isInstanceOf(OrtException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("too short");
    }
}
