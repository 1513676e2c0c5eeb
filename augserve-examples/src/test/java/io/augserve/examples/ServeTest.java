package io.augserve.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code augserve serve} from its command line. */
@Timeout(120)
class ServeTest {
    @TempDir
    Path folder;

    @Test
    void itSaysWhereItIsServesAndEnds() throws Exception {
        try (PipedReader reader = new PipedReader(1 << 16); BufferedReader out = new BufferedReader(reader)) {
            PrintWriter writer = new PrintWriter(new PipedWriter(reader), true);
            StringWriter err = new StringWriter();
            Thread serving = Thread.ofPlatform().unstarted(() -> {
                Augserve.run(writer, new PrintWriter(err, true), "serve", "--port", "0", "--policy", "fcfs",
                        "--threads",
                        "2", "--tools", "--api-key", "secret", "--model-id", "small");
                writer.close();
            });
            serving.start();
            StringBuilder block = new StringBuilder();
            String line = out.readLine();
            while (line != null && !line.startsWith("Ctrl-C")) {
                block.append(line).append('\n');
                line = out.readLine();
            }
            assertThat(block.toString()).contains("model      small").contains("policy     fcfs")
                    .contains("calculator").contains("Bearer KEY");
            String uri = block.substring(block.indexOf("http://"), block.indexOf("\n"));
            try (HttpClient client = HttpClient.newHttpClient()) {
                assertThat(get(client, uri + "/health")).contains("ok");
                assertThat(get(client, uri + "/")).contains("<title>AugServe</title>");
                HttpResponse<String> answer = client.send(HttpRequest
                        .newBuilder(URI.create(uri + "/v1/chat/completions"))
                        .header("content-type", "application/json").header("authorization", "Bearer secret")
                        .POST(HttpRequest.BodyPublishers.ofString("""
                                {"model": "small", "messages": [{"role": "user", "content": "What is 37 * 12?"}]}"""))
                        .build(), HttpResponse.BodyHandlers.ofString());
                // The example tools ran in the server.
                assertThat(answer.statusCode()).isEqualTo(200);
                assertThat(answer.body()).contains("444").contains("\"finish_reason\":\"stop\"");
                assertThat(get(client, uri + "/metrics")).contains("vllm:num_requests_running{").contains("small");
            }
            serving.interrupt();
            String rest = out.lines().collect(Collectors.joining("\n"));
            assertThat(rest).endsWith("augserve: ended");
            serving.join();
        }
    }

    /** As an operating system or Kubernetes ends it: what runs comes to its end, and then the process does. */
    @Test
    void aSignalLetsAnswersEnd() throws Exception {
        // Not on the command line: ONNX Runtime does not survive one of several kilobytes.
        Path options = Files.writeString(folder.resolve("options"),
                String.join("\n", "--enable-native-access=ALL-UNNAMED",
                        "--add-modules=jdk.incubator.vector", "-cp", '"' + System.getProperty("java.class.path") + '"',
                        Augserve.class.getName(), "serve", "--port=0", "--policy=fcfs", "--threads=2"));
        Process process = new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "@" + options)
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        try (BufferedReader out = process.inputReader(); HttpClient client = HttpClient.newHttpClient()) {
            String first = out.readLine();
            String uri = first.substring(first.indexOf("http://"));
            HttpResponse<Stream<String>> answer = client.send(HttpRequest
                    .newBuilder(URI.create(uri + "/v1/chat/completions")).header("content-type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(
                            """
                                    {"model": "tiny-tools", "messages": [{"role": "user", "content": "Tell me a joke"}], "ignore_eos": true,
                                    "max_tokens": 400, "stream": true}"""))
                    .build(), HttpResponse.BodyHandlers.ofLines());
            // The first tokens are here when the headers are.
            process.toHandle().destroy();
            assertThat(answer.body().filter(line -> !line.isEmpty())).last().isEqualTo("data: [DONE]");
            assertThat(out.lines()).last().isEqualTo("augserve: ended");
            process.waitFor();
        } finally {
            process.destroyForcibly();
        }
    }

    private static String get(HttpClient client, String uri) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create(uri)).header("authorization", "Bearer secret").build(),
                HttpResponse.BodyHandlers.ofString()).body();
    }

    @Test
    void aPortThatIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            CommandLineRun run = CompletableFuture.supplyAsync(() -> CommandLineRun.of("serve", "--policy", "fcfs",
                    "--host", "0.0.0.0", "--port", String.valueOf(taken.getLocalPort()))).get();
            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.err()).singleElement().asString()
                    .contains("cannot listen on 0.0.0.0:" + taken.getLocalPort());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"--port=70000|--port: expected 0 to 65535, got 70000",
            "--policy=fifo|--policy: expected one of fcfs", "--dtype=int3|--dtype: expected one of auto",
            "--threads=0|--threads: expected a number >= 1", "--grace=-1|--grace: expected a number >= 0",
            "--host=no host|--host: expected an address", "--model=/nowhere|/nowhere"})
    void badOptions(String option, String expected) {
        assertThat(CommandLineRun.problemOf("serve", option)).contains(expected);
    }
}
