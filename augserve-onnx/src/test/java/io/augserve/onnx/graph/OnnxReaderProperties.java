package io.augserve.onnx.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.onnx.fixture.ExportedDecoder;
import io.augserve.onnx.fixture.ExportedDecoder.Form;
import io.augserve.onnx.fixture.Mutants;
import io.augserve.onnx.fixture.RandomCheckpoint;
import io.augserve.onnx.fixture.RandomCheckpoint.Family;
import io.augserve.onnx.model.ExportDirectory;
import io.augserve.onnx.model.ModelFormatException;
import io.augserve.onnx.runtime.ElementType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Whatever is done to a model file, reading it ends: with a model that can be written again, or with a ModelFormatException. A mutant that
 * is read is also taken apart and rewritten as if it were to be served.
 */
class OnnxReaderProperties {
    private static Path folder = Path.of("");

    @BeforeContainer
    static void writeModels() throws IOException {
        folder = Files.createTempDirectory("augserve-exports");
        for (Form form : Form.values()) {
            ExportedDecoder.writeGenai(RandomCheckpoint.of(Family.LLAMA), form, ElementType.FLOAT,
                    Files.createDirectory(folder.resolve(form.name())));
        }
    }

    @AfterContainer
    static void deleteModels() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    private static byte[] model(Form form) {
        try {
            return Files.readAllBytes(folder.resolve(form.name()).resolve("model.onnx"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Property(tries = 2000)
    void mutantsAreReadOrRefused(@ForAll Form form, @ForAll long seed) {
        check(form, Mutants.bytes(model(form), new Random(seed)));
    }

    @Property(tries = 500)
    void noiseIsReadOrRefused(@ForAll Form form, @ForAll byte[] bytes) {
        check(form, bytes);
    }

    private static void check(Form form, byte[] bytes) {
        Path directory = folder.resolve(form.name());
        try {
            OnnxModel model = OnnxReader.read(directory.resolve("model.onnx"), MemorySegment.ofArray(bytes));
            ExportDirectory export = ExportDirectory.find(directory).orElseThrow();
            DecoderModel decoder = ExportedPagedModel.isFor(model)
                    ? ExportedPagedModel.of(model, export, 100, GraphTarget.cpu(ElementType.FLOAT))
                    : CopyingModel.of(model, export, 100);
            assertThat(decoder.toOnnx()).hasSizeLessThan(4 * bytes.length + (1 << 16));
            assertThat(decoder.layers()).isPositive();
        } catch (ModelFormatException e) {
            assertThat(e).hasMessageContaining(directory.toString());
        }
    }
}
