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
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The quick start from its command line to its output, with the embedded model. */
@Timeout(120)
class QuickstartTest {
    private static final Set<String> TIMES = Set.of("queue_s", "ttft_s", "itl_mean_s", "tool_s", "total_s");
    private static final Set<String> COUNTS = Set.of("prompt_tokens", "output_tokens", "tool_result_tokens",
            "recomputed_tokens", "reused_tokens", "swapped_tokens", "preemptions");

    @TempDir
    Path directory;

    @Test
    void fourRequestsEndAndAreReportedInPlainLines() {
        CommandLineRun run = CommandLineRun.of("quickstart", "--requests", "4");
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(80)
                .doesNotContainPattern("\\p{Cntrl}"));
        assertThat(run.out()).anyMatch(line -> line.startsWith("4 of 4: request "));
        assertThat(run.out()).filteredOn(line -> line.matches("\\[ [1-4]\\] .*")).hasSize(4);
        assertThat(run.out()).filteredOn(line -> line.matches(" {2}[1-4] {2}(stop|length) .*")).hasSize(4);
        assertThat(run.out().getLast()).matches("4 requests, \\d+ output tokens in .* tokens/s, .* requests/s");
    }

    @Test
    void theJsonFileHoldsEveryDocumentedField() throws IOException {
        Path file = directory.resolve("report.json");
        CommandLineRun run = CommandLineRun.of("quickstart", "--requests", "4", "--concurrency", "2", "--json",
                file.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        JsonObject root = JsonParser.parseString(Files.readString(file)).getAsJsonObject();
        assertThat(root.keySet()).containsExactlyInAnyOrder("model", "elapsed_s", "output_tokens",
                "output_tokens_per_s", "requests");
        assertThat(root.get("model").getAsString()).isEqualTo("tiny-tools");
        List<JsonObject> requests = objects(root.getAsJsonArray("requests"));
        assertThat(requests).extracting(request -> request.get("id").getAsString())
                .containsExactly("request-1", "request-2", "request-3", "request-4");
        requests.forEach(QuickstartTest::checkRequest);
        assertThat(requests).anyMatch(request -> !request.getAsJsonArray("tool_calls").isEmpty());
        assertThat(root.get("output_tokens").getAsInt())
                .isEqualTo(requests.stream().mapToInt(request -> request.get("output_tokens").getAsInt()).sum());
        assertThat(root.get("output_tokens_per_s").getAsDouble()).isPositive();
        assertThat(root.get("elapsed_s").getAsDouble()).isPositive();
    }

    private static void checkRequest(JsonObject request) {
        assertThat(request.keySet()).containsAll(TIMES).containsAll(COUNTS)
                .contains("id", "prompt", "text", "finish_reason", "tool_calls").hasSize(17);
        assertThat(request.get("finish_reason").getAsString()).isIn("stop", "length");
        assertThat(request.get("prompt").getAsString()).isNotBlank();
        assertThat(request.get("prompt_tokens").getAsInt()).isPositive();
        assertThat(request.get("output_tokens").getAsInt()).isBetween(1, 160);
        COUNTS.forEach(name -> assertThat(request.get(name).getAsInt()).as(name).isNotNegative());
        TIMES.forEach(name -> assertThat(request.get(name).getAsDouble()).as(name).isNotNegative());
        assertThat(request.get("queue_s").getAsDouble()).isLessThanOrEqualTo(request.get("ttft_s").getAsDouble());
        assertThat(request.get("ttft_s").getAsDouble()).isLessThanOrEqualTo(request.get("total_s").getAsDouble());
        for (JsonObject call : objects(request.getAsJsonArray("tool_calls"))) {
            assertThat(call.keySet()).contains("name", "arguments");
            assertThat(request.get("tool_s").getAsDouble()).isPositive();
        }
    }

    private static List<JsonObject> objects(JsonArray array) {
        return array.asList().stream().map(JsonElement::getAsJsonObject).toList();
    }

    @Test
    void aPromptGivenIsAskedAndNothingElse() {
        CommandLineRun run = CommandLineRun.of("quickstart", "--prompt", "What is 37 * 12?");
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).filteredOn(line -> line.startsWith("[")).containsExactly("[ 1] What is 37 * 12?");
    }

    @Test
    void everyLineOfAPromptFileIsAsked() throws IOException {
        Path file = Files.writeString(directory.resolve("prompts.txt"), "hello\n\n  \nWhat is 5 + 6?\n");
        CommandLineRun run = CommandLineRun.of("quickstart", "--prompts", file.toString(), "--requests", "3",
                "--max-tokens", "8");
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out()).filteredOn(line -> line.startsWith("["))
                .containsExactly("[ 1] hello", "[ 2] What is 5 + 6?", "[ 3] hello");
    }

    @Test
    void aPolicyIsChosenByItsName() {
        CommandLineRun run = CommandLineRun.of("quickstart", "--policy", "augserve", "--requests", "3");
        assertThat(run.err()).isEmpty();
        assertThat(run.exitCode()).isZero();
        assertThat(run.out().getLast()).startsWith("3 requests, ");
    }
}
