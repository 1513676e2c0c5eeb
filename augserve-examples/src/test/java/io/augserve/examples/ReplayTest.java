package io.augserve.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
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

/** A live replay on the small model from its command line; real time, so only counts are looked at. */
@Timeout(120)
class ReplayTest {
    @TempDir
    Path directory;

    @Test
    void policiesAreServedAndSimulated() throws IOException {
        Path trace = Files.writeString(directory.resolve("trace.jsonl"), """
                {"id": "a", "type": "qa", "prompt_tokens": 40, "segments": [
                """.strip() + """
                {"output_tokens": 4, "tool_s": 0.01, "returned_tokens": 6, "tool": "search"}, {"output_tokens": 4}]}
                """);
        Path json = directory.resolve("figures.json");
        CommandLineRun run = CommandLineRun.of("replay", "--trace", trace.toString(), "--scale", "0.5", "--rate", "10",
                "--duration", "1", "--profile-seconds", "0.2", "--policy", "fcfs,goodput", "--kv-tokens", "256",
                "--json", json.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).anyMatch(line -> line.startsWith("live "))
                .anyMatch(line -> line.startsWith("simulated "))
                .anyMatch(line -> line.matches("\\d of \\d ratios within 15 %"));

        JsonArray runs = JsonParser.parseString(Files.readString(json)).getAsJsonArray();
        assertThat(runs).extracting(each -> text(each.getAsJsonObject(), "origin") + " "
                + text(each.getAsJsonObject(), "policy"))
                .containsExactly("live fcfs", "simulated fcfs", "live goodput", "simulated goodput");
        // The same seed draws the same arrivals for all.
        assertThat(runs).extracting(each -> each.getAsJsonObject().get("requests").getAsInt()).doesNotContain(0)
                .satisfies(counts -> assertThat(counts.stream().distinct()).hasSize(1));
    }

    private static String text(JsonObject object, String field) {
        return object.get(field).getAsString();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"--rate=0|--rate: expected requests per second > 0",
            "--rate=1e9|at most 1000000 requests in --duration 60.0", "--scale=0|--scale: expected 0.001 to 1000",
            "--duration=0|--duration: expected seconds from 0.1", "--policy=best|--policy: expected some of fcfs",
            "--kv-tokens=0|--kv-tokens: expected a number >= 1, got 0",
            "--host-mb=-1|--host-mb: expected a number >= 0",
            "--slo-ttft=0|--slo-ttft: expected seconds", "--trace=builtin:no|expected one of builtin:mixture",
            "--model=random:no|there is no shape 'no'", "--model=/nowhere|/nowhere",
            "--device=gpu|--device: expected cpu or cuda:N, got 'gpu'", "--json=/nowhere/x|cannot be written"})
    void badOptions(String option, String expected) {
        assertThat(CommandLineRun.problemOf("replay", option)).contains(expected);
    }

    @Test
    void aRequestThatDoesNotFitIsNamed() {
        CommandLineRun run = CommandLineRun.of("replay", "--kv-tokens", "64");
        assertThat(run.err()).singleElement().asString().startsWith("augserve: --trace builtin:mixture, request ")
                .contains("--scale makes requests shorter");
        assertThat(run.exitCode()).isEqualTo(2);
    }
}
