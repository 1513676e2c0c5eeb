package io.augserve.examples;

import static org.assertj.core.api.Assertions.assertThat;

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

/** The soak program from its command line, for a few seconds: too short to judge memory, long enough for every promise else. */
@Timeout(180)
class SoakTest {
    @TempDir
    Path directory;

    @Test
    void someRoundsKeepAllPromises() throws IOException {
        Path file = directory.resolve("soak.json");
        CommandLineRun run = CommandLineRun.of("soak", "--minutes", "0.04", "--round", "0.8", "--threads", "2",
                "--json",
                file.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).endsWith("all promises held");
        assertThat(run.exitCode()).isZero();

        JsonObject json = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        assertThat(json.get("model").getAsString()).isEqualTo("tiny-tools");
        assertThat(json.get("violations").getAsInt()).isZero();
        assertThat(json.getAsJsonArray("problems")).isEmpty();
        assertThat(json.getAsJsonObject("counts").get("requests").getAsInt()).isPositive();
        assertThat(json.getAsJsonArray("samples")).isNotEmpty();
        for (JsonElement element : json.getAsJsonArray("samples")) {
            assertThat(element.getAsJsonObject().get("leaked_blocks").getAsInt()).isZero();
            assertThat(element.getAsJsonObject().get("heap_mb").getAsDouble()).isPositive();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"--minutes=0|--minutes: expected more than 0 and at most 10080, got 0.0",
            "--minutes=NaN|--minutes: expected more than 0", "--round=0|--round: expected 0.1 to 3600 seconds, got 0.0",
            "--concurrency=0|expected numbers >= 1, got 0 and", "--model=/nowhere|/nowhere",
            "--json=/nowhere/x|--json /nowhere/x: cannot be written"})
    void badOptions(String option, String expected) {
        assertThat(CommandLineRun.problemOf("soak", option)).contains(expected);
    }
}
