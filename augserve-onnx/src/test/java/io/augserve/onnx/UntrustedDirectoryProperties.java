package io.augserve.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.onnx.fixture.Allocated;
import io.augserve.onnx.fixture.ExportedDecoder;
import io.augserve.onnx.fixture.ExportedDecoder.Form;
import io.augserve.onnx.fixture.Mutants;
import io.augserve.onnx.fixture.RandomCheckpoint;
import io.augserve.onnx.fixture.RandomCheckpoint.Family;
import io.augserve.onnx.fixture.SafetensorsBytes;
import io.augserve.onnx.model.ModelFormatException;
import io.augserve.onnx.runtime.ElementType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/**
 * Whatever is done to a file of a model directory, opening it ends: with an engine, or with one of the two documented exceptions, whose
 * message is one line that names the directory. What a small file makes the reader allocate is bounded.
 */
class UntrustedDirectoryProperties {
    private static final List<Family> FAMILIES = List.of(Family.LLAMA, Family.LLAMA_SCALED, Family.QWEN2_SLIDING,
            Family.QWEN3);
    private static final long MOST_BYTES = 64L << 20;
    private static Path root = Path.of("");

    @BeforeContainer
    static void writeModels() throws IOException {
        root = Files.createTempDirectory("augserve-untrusted");
        for (Family family : FAMILIES) {
            RandomCheckpoint.of(family).withShards(family == Family.QWEN3 ? 2 : 1)
                    .writeTo(Files.createDirectory(root.resolve(family.name())));
        }
        ExportedDecoder.writeGenai(RandomCheckpoint.of(Family.LLAMA), Form.values()[0], ElementType.FLOAT,
                Files.createDirectory(root.resolve("genai")));
    }

    @AfterContainer
    static void deleteModels() throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    @Property(tries = 600)
    void descriptions(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        Path directory = root.resolve(FAMILIES.get(random.nextInt(FAMILIES.size())).name());
        List<Path> files = Stream
                .of("config.json", "config.json", "generation_config.json", "model.safetensors.index.json")
                .map(directory::resolve).filter(Files::exists).toList();
        mutated(files.get(random.nextInt(files.size())), random);
    }

    @Property(tries = 300)
    void exportsDescriptions(@ForAll long seed) throws IOException {
        mutated(root.resolve("genai").resolve("genai_config.json"), new Random(seed));
    }

    @Property(tries = 600)
    void weights(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        Path directory = root.resolve(FAMILIES.get(random.nextInt(FAMILIES.size())).name());
        Path file;
        try (Stream<Path> files = Files.list(directory)) {
            file = files.filter(path -> path.toString().endsWith(".safetensors")).sorted().findFirst().orElseThrow();
        }
        byte[] valid = Files.readAllBytes(file);
        int header = (int) ByteBuffer.wrap(valid).order(ByteOrder.LITTLE_ENDIAN).getLong();
        byte[] data = Arrays.copyOfRange(valid, 8 + header, valid.length);
        String json = new String(valid, 8, header, StandardCharsets.UTF_8);
        byte[] mutant = switch (random.nextInt(3)) {
            case 0 -> Mutants.bytes(valid, random);
            case 1 -> SafetensorsBytes.file(Mutants.json(json, random), Mutants.bytes(data, random));
            default -> SafetensorsBytes.file(Mutants.json(json, random), data);
        };
        tried(directory, file, valid, mutant);
    }

    private static void mutated(Path file, Random random) throws IOException {
        byte[] valid = Files.readAllBytes(file);
        String text = new String(valid, StandardCharsets.UTF_8);
        byte[] mutant = random.nextInt(4) == 0
                ? Mutants.bytes(valid, random)
                : Mutants.json(text, random).getBytes(StandardCharsets.UTF_8);
        tried(file.getParent(), file, valid, mutant);
    }

    private static void tried(Path directory, Path file, byte[] valid, byte[] mutant) throws IOException {
        Files.write(file, mutant);
        try {
            assertThat(Allocated.during(() -> open(directory))).isLessThan(MOST_BYTES);
        } finally {
            Files.write(file, valid);
        }
    }

    private static void open(Path directory) {
        try (OnnxEngine engine = OnnxEngine.builder(directory).threads(1).maxContext(64).kvCacheTokens(64)
                .maxBatchTokens(16).maxSequences(4).warmUp(false).build()) {
            assertThat(engine.spec().maxContext()).isBetween(1, 64);
        } catch (ModelFormatException e) {
            assertOneLine(e.getMessage(), directory);
        } catch (OnnxEngineException e) {
            assertThat(e).hasMessageNotContaining("\n");
        }
    }

    private static void assertOneLine(String message, Path directory) {
        assertThat(message).startsWith(directory.toString()).hasSizeLessThan(2_100)
                .matches(text -> text.chars().noneMatch(Character::isISOControl), "no control characters");
    }
}
