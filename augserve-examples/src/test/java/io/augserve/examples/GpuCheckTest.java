package io.augserve.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The check of a GPU from its command line, rehearsed on the processor from beginning to end. */
@Timeout(300)
class GpuCheckTest {
    @TempDir
    Path folder;

    @Test
    void aRehearsalPassesAndReports() throws IOException {
        CommandLineRun run = CommandLineRun.of("gpu-check", "--device", "cpu", "--families", "1", "--batch", "1,3",
                "--prompt", "150", "--new", "4", "--seconds", "0.1", "--out", folder.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.out().getLast()).isEqualTo("13 of 13 checks passed");
        assertThat(run.exitCode()).isZero();

        JsonObject report = JsonParser.parseString(Files.readString(folder.resolve("report.json"))).getAsJsonObject();
        assertThat(report.get("device").getAsString()).isEqualTo("rehearsal");
        assertThat(report.get("memory_bytes_s").getAsDouble()).isPositive();
        assertThat(report.get("matrix_operations_s").getAsDouble()).isPositive();
        JsonArray checks = report.getAsJsonArray("checks");
        assertThat(checks).hasSize(13).allSatisfy(check -> assertThat(passed(check)).isTrue());
        JsonObject model = report.getAsJsonArray("models").get(0).getAsJsonObject();
        assertThat(model.get("model").getAsString()).isEqualTo("tiny-tools");
        assertThat(model.get("swap_bytes_s").getAsDouble()).isPositive();
        assertThat(model.getAsJsonArray("batches")).hasSize(2).allSatisfy(row -> {
            for (String field : new String[]{"prefill_tok_s", "prefill_share_of_matrix_rate", "decode_tok_s",
                    "decode_share_of_memory_rate", "bare_loop_tok_s", "run_ms", "outside_provider"}) {
                assertThat(row.getAsJsonObject().get(field).getAsDouble()).as(field).isPositive().isFinite();
            }
        });
        CommandLineRun simulated = CommandLineRun.of("simulate", "--profile",
                folder.resolve("profile-tiny-tools.json").toString(), "--policy", "fcfs", "--rate", "1",
                "--duration", "5", "--seeds", "1");
        assertThat(simulated.err()).isEmpty();
        assertThat(simulated.exitCode()).isZero();
    }

    private static boolean passed(JsonElement check) {
        return check.getAsJsonObject().get("passed").getAsBoolean();
    }

    /** Without a GPU there is one line, whatever was asked for. */
    @ParameterizedTest
    @CsvSource({"gpu-check", "bench", "profile", "quickstart"})
    void withoutAGpuItIsSaidWhy(String command) {
        Path library = LibraryWithoutCuda.folder();
        CommandLineRun run = CommandLineRun.of(command, "--device", "cuda:0", "--library", library.toString());
        assertThat(run.err()).singleElement().asString()
                .startsWith("augserve: CUDA device 0 cannot be used: this library was built without CUDA");
        assertThat(run.exitCode()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"--device=gpu|--device: expected cuda:N or cpu, got 'gpu'",
            "--families=9|--families: expected 0 to 8, got 9", "--batch=0|--batch: expected more than 0",
            "--seconds=NaN|--seconds: expected more than 0", "--out=/nowhere|expected a folder that exists",
            "--library=/nowhere/x.so|there is no such file"})
    void badOptions(String option, String expected) {
        assertThat(CommandLineRun.problemOf("gpu-check", option)).contains(expected);
    }
}
