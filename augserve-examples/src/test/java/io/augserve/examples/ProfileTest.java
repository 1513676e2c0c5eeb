package io.augserve.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The measurement from its command line to a simulation on what it found. */
@Timeout(120)
class ProfileTest {
    @TempDir
    Path directory;

    @Test
    void whatIsMeasuredCanBeSimulated() throws IOException {
        Path file = directory.resolve("here.json");
        CommandLineRun run = CommandLineRun.of("profile", "--seconds", "0.5", "--json", file.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80));
        assertThat(run.out().getFirst()).startsWith("tiny-tools, KV cache of ");
        assertThat(run.out())
                .anyMatch(line -> line.matches("mean error [\\d.]+ % over \\d+ loads; T_max = \\d+ tokens"))
                .anyMatch(line -> line.matches(" +\\d+ +0 +0 +\\d+ +[\\d.]+ +[\\d.]+ +\\d+ +\\d+"))
                .anyMatch(line -> line.matches(" +0 +\\d+ +\\d+ +0 +[\\d.]+ +[\\d.]+ +\\d+ +\\d+"));

        CommandLineRun simulated = CommandLineRun.of("simulate", "--profile", file.toString(), "--trace",
                "builtin:plain", "--policy", "fcfs,augserve", "--rate", "1", "--duration", "30");
        assertThat(simulated.err()).isEmpty();
        assertThat(simulated.exitCode()).isZero();
        assertThat(simulated.out()).anyMatch(line -> line.contains("tiny-tools"))
                .anyMatch(line -> line.contains("augserve"));
    }

    @ParameterizedTest
    @CsvSource({"--seconds=0,'--seconds: expected 0.001 to 3600, got 0.0'", "--seconds=NaN,--seconds: expected",
            "--threads=0,'--threads: expected a number >= 1, got 0'", "--model=/nowhere,/nowhere",
            "--json=/nowhere/x,'--json /nowhere/x: cannot be written'"})
    void badOptions(String option, String expected) {
        assertThat(CommandLineRun.problemOf("profile", option)).contains(expected);
    }

    @Test
    void nothingIsWrittenIfSomethingIsWrong() {
        Path file = directory.resolve("here.json");
        assertThat(CommandLineRun.of("profile", "--json", file.toString(), "--model", "/nowhere").exitCode())
                .isEqualTo(2);
        assertThat(Files.exists(file)).isFalse();
    }
}
