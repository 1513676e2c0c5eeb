package io.augserve.examples;

import static org.assertj.core.api.Assertions.assertThat;

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

/** Many clients over HTTP, for a few seconds. */
@Timeout(180)
class HttpSoakTest {
    @TempDir
    Path directory;

    @Test
    void everyAnswerIsTheExpectedOne() throws IOException {
        Path file = directory.resolve("soak.json");
        CommandLineRun run = CommandLineRun.of("http-soak", "--clients", "60", "--seconds", "3", "--threads", "2",
                "--policy", "vllm-v1", "--json", file.toString());
        assertThat(run.err()).isEmpty();
        JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        JsonObject counts = json.getAsJsonObject("counts");
        assertThat(counts.get("answers").getAsInt()).isPositive();
        assertThat(json.get("violations").getAsInt()).as(json.get("problems").toString()).isZero();
        // Memory is judged by the long run.
        assertThat(json.getAsJsonArray("problems").asList())
                .allMatch(problem -> problem.getAsString().contains("grew"));
        int accounted = counts.get("answers").getAsInt() + of(counts, "left_at_once") + of(counts, "left_within");
        assertThat(accounted).isEqualTo(counts.get("requests").getAsInt());
    }

    private static int of(JsonObject counts, String what) {
        return counts.has(what) ? counts.get(what).getAsInt() : 0;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"--clients=0|--clients: expected 1 to 5000, got 0",
            "--seconds=0|--seconds: expected 1 to 86400", "--policy=fifo|--policy: expected one of fcfs",
            "--json=/nowhere/x|--json /nowhere/x: cannot be written"})
    void badOptions(String option, String expected) {
        assertThat(CommandLineRun.problemOf("http-soak", option)).contains(expected);
    }
}
