package io.augserve.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.augserve.schedule.Policies;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The simulator from its command line to its files. */
@Timeout(120)
class SimulateTest {
    private static final String PROFILE = "opt-13b@h800";
    /** Ten requests per second at a millisecond per token. */
    private static final String TOY = """
            {"a": 1, "b": 1, "c": 0, "d": 0, "e": 0, "m0": 0, "overhead_ms": 0, "kv_tokens": 1600,
             "kv_bytes_per_token": 100, "host_bytes": 0, "pcie_gbps": 1, "name": "toy"}""";
    private static final String REQUEST = "{\"id\":\"r%d\",\"type\":\"t\",\"prompt_tokens\":90,\"arrival_s\":%d,"
            + "\"segments\":[{\"output_tokens\":5}]}";

    @TempDir
    Path directory;

    @Test
    void aSweepWithAllFiles() throws IOException {
        Path json = directory.resolve("runs.json");
        Path html = directory.resolve("page.html");
        Path png = directory.resolve("picture.png");
        CommandLineRun run = simulate("--profile", PROFILE + ",llama3-8b@h100", "--policy", "fcfs", "--rate", "3,2",
                "--seeds", "1,2", "--json", json.toString(), "--html", html.toString(), "--png", png.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100)
                .doesNotContainPattern("\\p{Cntrl}"));
        assertThat(run.out()).anyMatch(line -> line.startsWith("8 of 8: "));
        assertThat(run.out()).filteredOn(line -> line.matches("fcfs +[23]\\.000 .* 1\\.00")).hasSize(4);

        List<JsonObject> runs = JsonParser.parseString(Files.readString(json)).getAsJsonArray().asList().stream()
                .map(JsonElement::getAsJsonObject).toList();
        assertThat(runs).extracting(one -> one.get("profile").getAsString() + one.get("rate").getAsDouble()
                + one.get("seed").getAsLong()).containsExactly(PROFILE + "2.01", PROFILE + "2.02", PROFILE + "3.01",
                        PROFILE + "3.02", "llama3-8b@h1002.01", "llama3-8b@h1002.02", "llama3-8b@h1003.01",
                        "llama3-8b@h1003.02");
        assertThat(runs).allSatisfy(one -> assertThat(one.keySet()).contains("policy", "profile", "trace", "rate",
                "seed", "requests", "finished", "effective_throughput", "slo_attainment", "predictor", "arrivals",
                "ttft_attainment", "normalized_latency_attainment", "ttft_mean_s", "ttft_p50_s",
                "ttft_p99_s", "normalized_latency_p50_s", "normalized_latency_p99_s", "itl_p99_s", "throughput_rps",
                "output_tokens_per_s", "preemptions", "recomputed_tokens", "swapped_tokens", "reused_tokens",
                "paused_kv_share", "longest_wait_s", "iterations", "mean_batch_tokens", "wall_s"));

        BufferedImage picture = ImageIO.read(png.toFile());
        assertThat(picture.getWidth()).isEqualTo(2_240);
        assertThat(picture.getHeight()).isEqualTo(1_440);
        // Curves, distribution and, for one policy, KV and batch: three images a profile.
        assertThat(Files.readString(html)).startsWith("<!DOCTYPE html>").contains("<td>fcfs</td>", PROFILE)
                .doesNotContain("http:", "https:", "<script").matches("(?s)(.*data:image/png;base64,){6}.*")
                .endsWith("</html>\n");
    }

    @Test
    void theSameSeedGivesTheSameTable() {
        List<String> first = table(simulate("--profile", PROFILE, "--rate", "3"));
        assertThat(first).hasSizeGreaterThanOrEqualTo(4)
                .isEqualTo(table(simulate("--profile", PROFILE, "--rate", "3")));
    }

    @Test
    void everyPolicyByDefaultOnTheFourSetupsOfThePaper() {
        CommandLineRun run = CommandLineRun.of("simulate", "--duration", "5", "--rate", "1");
        assertThat(run.err()).isEmpty();
        for (String policy : Policies.names()) {
            assertThat(run.out()).filteredOn(line -> line.startsWith(policy + " ")).hasSize(4);
        }
    }

    @Test
    void severalPredictorsAreSectionsOfTheirOwn() throws IOException {
        Path json = directory.resolve("runs.json");
        Path html = directory.resolve("page.html");
        CommandLineRun run = simulate("--profile", PROFILE, "--policy", "fcfs,augserve", "--rate", "2", "--predictor",
                "oracle,oracle+noise(0.5)", "--arrivals", "gamma:2", "--find-rate", "0.5", "--json", json.toString(),
                "--html", html.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains(PROFILE + ", oracle", PROFILE + ", oracle+noise(0.5)")
                .anyMatch(line -> line.startsWith("4 of 4: "));
        assertThat(run.out()).filteredOn(line -> line.matches("augserve +2\\.000 .*")).hasSize(2);
        assertThat(run.out()).filteredOn(line -> line.matches("augserve +(at least )?\\d+\\.\\d\\d/s")).hasSize(2);
        List<JsonObject> sweep = JsonParser.parseString(Files.readString(json)).getAsJsonArray().asList().stream()
                .map(JsonElement::getAsJsonObject).toList().subList(0, 4);
        assertThat(sweep).extracting(one -> one.get("policy").getAsString() + " " + one.get("predictor").getAsString())
                .containsExactly("fcfs oracle", "augserve oracle", "fcfs oracle+noise(0.5)",
                        "augserve oracle+noise(0.5)");
        assertThat(sweep).allSatisfy(one -> assertThat(one.get("arrivals").getAsString()).isEqualTo("gamma:2"));
        // Two policies in each of two sections: curves, distribution and two single runs.
        assertThat(Files.readString(html)).matches("(?s)(.*data:image/png;base64,){8}.*");
    }

    @Test
    void ablationsTakePartWhenAskedFor() {
        CommandLineRun run = simulate("--profile", PROFILE, "--rate", "2", "--policy",
                "augserve-order,augserve-budget");
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).anyMatch(line -> line.startsWith("augserve-order "))
                .anyMatch(line -> line.startsWith("augserve-budget "));
    }

    @Test
    void everyTierHasItsOwnObjective() {
        CommandLineRun run = simulate("--profile", PROFILE, "--rate", "2", "--policy", "fcfs", "--trace",
                "builtin:tiers");
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("objective: every request's own");
    }

    @Test
    void theHighestRateOfAToy() throws IOException {
        // 100 ms of work a request under arrivals that are nearly even: it keeps up with almost ten in a second.
        Path page = directory.resolve("page.html");
        Path json = directory.resolve("runs.json");
        CommandLineRun run = toy("--arrivals", "gamma:0.01", "--find-rate", "0.9", "--slo-ttft", "0.3", "--html",
                page.toString(), "--json", json.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("highest rate at which 90% of the requests meet their objective:");
        String found = run.out().getLast();
        assertThat(found).matches("fcfs +\\d+\\.\\d\\d/s");
        assertThat(Double.parseDouble(found.replaceAll("fcfs +|/s", ""))).isBetween(9.0, 11.0);
        assertThat(Files.readString(page)).contains("highest rate").contains("data:image/png");
        assertThat(JsonParser.parseString(Files.readString(json)).getAsJsonArray()).hasSizeGreaterThan(5);
    }

    @Test
    void aRateThatIsBeyondTheSearch() throws IOException {
        CommandLineRun run = toyOn(TOY.replace("\"a\": 1, \"b\": 1", "\"a\": 0.001, \"b\": 0"), "--find-rate", "0.5",
                "--slo-ttft", "60", "--slo-norm", "60");
        assertThat(run.err()).isEmpty();
        assertThat(run.out().getLast()).isEqualTo("fcfs                 at least 1024.00/s");
    }

    @Test
    void aRateThatDoesNotExist() throws IOException {
        CommandLineRun run = toy("--find-rate", "0.9", "--slo-ttft", "0.00001");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().getLast()).isEqualTo("fcfs                 below 0.016/s");
    }

    @Test
    void aReplayAtTheTracesOwnTimes() throws IOException {
        Path png = directory.resolve("picture.png");
        Path html = directory.resolve("page.html");
        CommandLineRun run = toy("--arrivals", "trace", "--png", png.toString(), "--html", html.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).anyMatch(line -> line.matches("fcfs +0\\.100 +0\\.100 +100\\.0 +0\\.\\d+ .*"));
        assertThat(run.out()).anyMatch(line -> line.contains("3 of 3 requests finished"));
        assertThat(png).isNotEmptyFile();
        assertThat(Files.readString(html)).contains("0.1 arrivals per second, seed 1");
    }

    @Test
    void recordedGapsAtAGivenRate() throws IOException {
        Path arrivals = Files.writeString(directory.resolve("arrivals.csv"), "seconds\n0\n1\n2\n3\n");
        CommandLineRun run = toy("--arrivals", "trace:" + arrivals, "--rate", "2");
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).anyMatch(line -> line.matches(".*, 2/s, seed 1: .. of (59|60) requests finished .*"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"--policy nothing | --policy: expected some of fcfs",
            "--profile nothing | --profile nothing: there is no such file", "--profile opt-13b@h800,opt-13b@h800,x | x",
            "--trace builtin:nothing | --trace builtin:nothing: expected one of builtin:mixture",
            "--predictor crystal-ball | --predictor: expected online, oracle or oracle+noise(P)",
            "--predictor oracle+noise(-1) | got 'oracle+noise(-1)'",
            "--predictor online,oracle+noise(x) | got 'oracle+noise(x)'",
            "--policy nothing | augserve-order, augserve-budget, vllm-v1-next-use, got 'nothing'",
            "--trace nothing | --trace nothing: there is no such file", "--arrivals never | --arrivals never: expected",
            "--arrivals trace | request mixture-000000, arrival_s: expected seconds",
            "--arrivals trace --rate 2 | --arrivals trace: expected neither --rate nor --find-rate",
            "--rate 0 | --rate: expected requests per second > 0, got 0.0", "--rate -1 | --rate: expected",
            "--rate NaN | --rate: expected", "--rate x | 'x' is not a double",
            "--rate 1e9 | --rate: expected fewer than 10000000 requests", "--duration 0 | --duration: expected seconds",
            "--duration NaN | --duration: expected seconds", "--seeds x | 'x' is not a long",
            "--slo-ttft 0 | --slo-ttft: expected seconds", "--slo-norm -1 | --slo-norm: expected seconds",
            "--find-rate 1 | --find-rate: expected a share between 0 and 1",
            "--tool-seconds -1 | --tool-seconds: expected",
            "--nonsense | Unknown option: '--nonsense'", "--json /nowhere/x | --json /nowhere/x: cannot be written",
            "--png /nowhere/x | --png /nowhere/x: cannot", "--html /nowhere/x | --html /nowhere/x: cannot"})
    void badOptions(String options, String expected) {
        assertThat(problemWith(options.split(" "))).contains(expected);
    }

    @Test
    void aRequestThatDoesNotFit() throws IOException {
        Path trace = Files.writeString(directory.resolve("long.jsonl"),
                String.format(REQUEST, 0, 0) + "\n" + String.format(REQUEST, 1, 0).replace("90", "54700"));
        assertThat(problemWith("--trace", trace.toString(), "--profile", PROFILE)).isEqualTo("augserve: " + trace
                + ", line 2: expected at most 54688 tokens in all, which is the KV cache of " + PROFILE
                + ", got 54705");
    }

    @Test
    void profilesOfTheSameName() throws IOException {
        Path one = Files.writeString(directory.resolve("one.json"), TOY);
        Path other = Files.writeString(directory.resolve("other.json"), TOY);
        assertThat(problemWith("--profile", one + "," + other)).contains("expected profiles of different names");
    }

    @Test
    void nothingIsWrittenIfSomethingIsWrong() {
        Path json = directory.resolve("runs.json");
        problemWith("--json", json.toString(), "--policy", "nothing");
        assertThat(json).doesNotExist();
    }

    private CommandLineRun toy(String... options) throws IOException {
        return toyOn(TOY, options);
    }

    private CommandLineRun toyOn(String machine, String... options) throws IOException {
        Path profile = Files.writeString(directory.resolve("toy.json"), machine);
        Path trace = Files.write(directory.resolve("trace.jsonl"),
                List.of(String.format(REQUEST, 0, 0), String.format(REQUEST, 1, 5), String.format(REQUEST, 2, 9)));
        List<String> args = new ArrayList<>(
                List.of("--profile", profile.toString(), "--trace", trace.toString(), "--policy", "fcfs"));
        args.addAll(List.of(options));
        return simulate(args.toArray(String[]::new));
    }

    private static CommandLineRun simulate(String... options) {
        List<String> args = new ArrayList<>(List.of("simulate", "--duration", "30"));
        args.addAll(List.of(options));
        return CommandLineRun.of(args.toArray(String[]::new));
    }

    private static List<String> table(CommandLineRun run) {
        return run.out().stream().filter(line -> !line.matches("\\d+ of \\d+: .*")).toList();
    }

    private static String problemWith(String... options) {
        return CommandLineRun.problemOf("simulate", options);
    }
}
