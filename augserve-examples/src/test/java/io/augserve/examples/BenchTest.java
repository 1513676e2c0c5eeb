package io.augserve.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The benchmark from its command line, with as little work as shows every figure. */
@Timeout(120)
class BenchTest {
    @TempDir
    Path directory;

    @Test
    void everyFigureIsThere() throws IOException {
        Path file = directory.resolve("bench.json");
        CommandLineRun run = CommandLineRun.of("bench", "--batch", "1,3", "--prompt", "20", "--new", "4", "--rounds",
                "2", "--threads", "2", "--json", file.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        boolean told = Files.exists(Path.of("/proc/self/status"));
        assertThat(run.out()).hasSize(told ? 9 : 6).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        assertThat(run.out().getFirst()).startsWith("tiny-tools, auto, 2 threads: 1.754 MB of weights, loaded in ");
        assertThat(run.out().subList(4, 6)).allSatisfy(line -> assertThat(line).doesNotContain("NaN"));

        JsonArray array = JsonParser.parseString(Files.readString(file)).getAsJsonArray();
        assertThat(array).hasSize(2);
        for (int i = 0; i < 2; i++) {
            JsonObject json = array.get(i).getAsJsonObject();
            assertThat(json.get("model").getAsString()).isEqualTo("tiny-tools");
            assertThat(json.get("dtype").getAsString()).isEqualTo("auto");
            assertThat(json.get("threads").getAsInt()).isEqualTo(2);
            assertThat(json.get("batch").getAsInt()).isEqualTo(i == 0 ? 1 : 3);
            assertThat(json.get("prompt").getAsInt()).isEqualTo(20);
            assertThat(json.get("new").getAsInt()).isEqualTo(4);
            assertPositive(json, "prefill_tok_s", "decode_tok_s", "load_s", "allocated_bytes_per_token");
            assertPositive(json.getAsJsonObject("step_ms"), "assemble", "run", "sample", "apply");
            assertPositive(json.getAsJsonObject("floor"), "bandwidth_tok_s", "bare_loop_tok_s");
            assertThat(json.has("rss_mb")).isEqualTo(told);
            if (told) {
                assertPositive(json, "rss_mb", "load_peak_mb");
                JsonObject memory = json.getAsJsonObject("memory_mb");
                assertPositive(memory, "weights", "heap");
                assertThat(memory.asMap().values().stream().mapToLong(part -> part.getAsLong()).sum())
                        .isEqualTo(json.get("rss_mb").getAsLong());
            }
        }
    }

    @Test
    void severalFormatsShareATableAndAnArray() throws IOException {
        Path file = directory.resolve("bench.json");
        CommandLineRun run = CommandLineRun.of("bench", "--dtype", "fp32,bf16,int4", "--batch", "1,2", "--prompt", "20",
                "--new", "4", "--rounds", "1", "--threads", "2", "--json", file.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        List<String> all = run.out();
        // What the memory is for stands there where the system tells, two lines a format.
        List<String> out = all.stream().filter(line -> !line.contains("MB: ") && !line.contains("over weights"))
                .toList();
        assertThat(out).hasSize(4 + 6 + 1 + 3);
        assertThat(all.size() - out.size()).isIn(0, 2 * 3);
        assertThat(out.getFirst()).isEqualTo("tiny-tools, 2 threads");
        assertThat(out.get(3)).startsWith("dtype batch  prefill decode ").hasSize(86);
        assertThat(out.subList(4, 10)).extracting(line -> line.substring(0, 11)).containsExactly("fp32      1",
                "fp32      2", "bf16      1", "bf16      2", "int4      1", "int4      2");
        assertThat(out.get(11)).startsWith("fp32  3.50").contains(" MB of weights, loaded in ");
        assertThat(out.get(12)).startsWith("bf16  1.754 MB of weights, loaded in ");
        assertThat(out.get(13)).startsWith("int4  ");

        List<JsonObject> array = JsonParser.parseString(Files.readString(file)).getAsJsonArray().asList().stream()
                .map(JsonElement::getAsJsonObject).toList();
        assertThat(array).extracting(json -> json.get("dtype").getAsString() + json.get("batch").getAsInt())
                .containsExactly("fp321", "fp322", "bf161", "bf162", "int41", "int42");
        assertThat(array).allSatisfy(json -> assertPositive(json, "prefill_tok_s", "decode_tok_s", "load_s"));
        assertThat(array).extracting(json -> json.get("load_s").getAsDouble()).as("one load a format")
                .satisfies(seconds -> assertThat(seconds.get(0)).isEqualTo(seconds.get(1)));
    }

    private static void assertPositive(JsonObject json, String... fields) {
        for (String field : fields) {
            assertThat(json.get(field).getAsDouble()).as(field).isPositive().isFinite();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"--batch=0|--batch: expected a number >= 1, got 0",
            "--batch=4,-1|--batch: expected a number >= 1, got -1", "--batch=x|is not an int",
            "--prompt=0|--prompt: expected a number >= 1, got 0", "--new=0|--new: expected a number >= 1, got 0",
            "--rounds=0|--rounds: expected a number >= 1, got 0",
            "--threads=0|--threads: expected a number >= 1, got 0",
            "--dtype=int3|expected one of auto, fp32, fp16, bf16, int8, int4, got",
            "--dtype=fp32,int3|--dtype: expected one of auto, fp32, fp16, bf16, int8, int4, got 'int3'",
            "--kv-dtype=int8|expected fp32 or fp16, got", "--model=/nowhere|/nowhere",
            "--model=random:GPT-5|expected random: with one of SmolLM2-135M, Qwen2.5-0.5B, Llama-3.2-1B, Llama-3.1-8B",
            "--prompt=2040|takes 2110 tokens of context; expected at most the model's 2048",
            "--prompt=2000000000|expected a KV cache of less than 2^31 tokens",
            "--json=/nowhere/x|--json /nowhere/x: cannot be written"})
    void badOptions(String option, String expected) {
        assertThat(CommandLineRun.problemOf("bench", option)).contains(expected);
    }

    @Test
    void randomWeightsAreGoneAfterwards() throws IOException {
        List<Path> before = randomDirectories();
        CommandLineRun run = CommandLineRun.of("bench", "--model", "random:smollm2-135m", "--batch", "1", "--prompt",
                "1", "--new", "2", "--rounds", "1");
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        // 106,168,896 weights of the layers, 28,311,552 of the embedding, 35,136 of the norms: those in fp32, the others as stored, in bf16.
        assertThat(run.out().getFirst()).startsWith("random:SmolLM2-135M, auto, ").contains(": 256.6 MB of weights");
        assertThat(randomDirectories()).isEqualTo(before);
    }

    private static List<Path> randomDirectories() throws IOException {
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(file -> file.getFileName().toString().startsWith("augserve-random-")).sorted().toList();
        }
    }
}
