package io.augserve.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever is wrong with the input: one line that says what and where, exit code 2, and nothing has been served. */
class BadInputTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"--nonsense,Unknown option: '--nonsense'",
            "--concurrency=0,'--concurrency: expected a number >= 1, got 0'",
            "--concurrency=x,'--concurrency': 'x' is not an int",
            "--requests=-1,'--requests: expected a number >= 1, got -1'",
            "--max-tokens=0,'--max-tokens: expected a number >= 1, got 0'",
            "--threads=0,'--threads: expected a number >= 1, got 0'",
            "--policy=fifo,'--policy: expected one of fcfs, '"})
    void options(String option, String expected) {
        assertThat(problemWith(option)).contains(expected);
    }

    @Test
    void aCommandThatDoesNotExist() {
        CommandLineRun run = CommandLineRun.of("quickstrat");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).singleElement().asString().contains("quickstrat").contains("augserve --help");
    }

    @Test
    void noCommandShowsTheUsage() {
        CommandLineRun run = CommandLineRun.of();
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).anyMatch(line -> line.contains("quickstart"))
                .allMatch(line -> line.length() <= 80);
    }

    @Test
    void promptFiles() throws IOException {
        Path missing = directory.resolve("missing.txt");
        assertThat(problemWith("--prompts", missing.toString())).contains(missing.toString()).contains("no such file");
        Path empty = Files.writeString(directory.resolve("empty.txt"), "\n \n");
        assertThat(problemWith("--prompts", empty.toString())).contains(empty.toString())
                .contains("expected at least one prompt");
        assertThat(problemWith("--prompts", directory.toString())).contains(directory.toString())
                .contains("cannot be read");
        Path binary = Files.write(directory.resolve("binary.txt"), new byte[]{(byte) 0xff, 1});
        assertThat(problemWith("--prompts", binary.toString())).contains(binary.toString()).contains("UTF-8");
    }

    @Test
    void aJsonFileThatCannotBeWrittenIsFoundOutBeforeServing() {
        Path orphan = directory.resolve("nowhere").resolve("report.json");
        assertThat(problemWith("--json", orphan.toString())).contains("--json " + orphan).contains("cannot be written");
        assertThat(problemWith("--json", directory.toString())).contains("--json " + directory);
    }

    @Test
    void aJsonFileIsNotTouchedIfSomethingElseIsWrong() throws IOException {
        Path fresh = directory.resolve("fresh.json");
        Path old = Files.writeString(directory.resolve("old.json"), "{}");
        for (Path file : List.of(fresh, old)) {
            assertThat(problemWith("--json", file.toString(), "--model", "/nowhere")).contains("/nowhere");
        }
        assertThat(fresh).doesNotExist();
        assertThat(old).hasContent("{}");
    }

    @Test
    void aModelThatIsNotThere() {
        Path missing = directory.resolve("missing");
        assertThat(problemWith("--model", missing.toString())).contains(missing.toString()).contains("directory");
    }

    @Test
    void aDirectoryThatIsNoModel() {
        assertThat(problemWith("--model", directory.toString())).contains(directory.resolve("config.json").toString())
                .contains("no such file");
    }

    @Test
    void truncatedWeights() throws IOException {
        Path weights = copyOfTheModel().resolve("model.safetensors");
        try (FileChannel channel = FileChannel.open(weights, StandardOpenOption.WRITE)) {
            channel.truncate(channel.size() - 1000);
        }
        assertThat(problemWith("--model", directory.toString())).contains(weights.toString()).contains("expected");
        try (FileChannel channel = FileChannel.open(weights, StandardOpenOption.WRITE)) {
            channel.truncate(4);
        }
        assertThat(problemWith("--model", directory.toString())).contains(weights.toString()).contains("expected");
    }

    @Test
    void aHeaderOfWeightsThatIsNoJson() throws IOException {
        Path weights = copyOfTheModel().resolve("model.safetensors");
        try (FileChannel channel = FileChannel.open(weights, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap("garbage".getBytes(StandardCharsets.US_ASCII)), 8);
        }
        assertThat(problemWith("--model", directory.toString())).contains(weights.toString());
    }

    @Test
    void whatAFileSaysCannotSpeakToTheTerminal() throws IOException {
        Files.writeString(copyOfTheModel().resolve("config.json"),
                "{\"architectures\": [\"\\u001b[2J\\n\\u009b" + "x".repeat(10_000) + "\"]}");
        assertThat(problemWith("--model", directory.toString())).contains("architectures").hasSizeLessThan(1_000)
                .matches(line -> line.chars().noneMatch(Character::isISOControl));
    }

    @Test
    void anArchitectureThatIsNotSupported() throws IOException {
        edit("config.json", "LlamaForCausalLM", "BertForMaskedLM");
        assertThat(problemWith("--model", directory.toString())).contains("config.json").contains("architectures")
                .contains("BertForMaskedLM").contains("LlamaForCausalLM");
    }

    @Test
    void aTokenizerThatIsNone() throws IOException {
        Files.writeString(copyOfTheModel().resolve("tokenizer.json"), "{\"version\": \"1.0\"\n}");
        assertThat(problemWith("--model", directory.toString())).contains("tokenizer.json");
    }

    @Test
    void toolsThatAreNone() throws IOException {
        Path tools = copyOfTheModel().resolve("tools.json");
        Files.writeString(tools, "[{\"type\": \"function\"}]");
        assertThat(problemWith("--model", directory.toString())).contains(tools.toString()).contains("expected");
        Files.writeString(tools, "not JSON");
        assertThat(problemWith("--model", directory.toString())).contains(tools.toString()).contains("expected");
        Files.delete(tools);
        edit("tools.json", "get_weather", "get_whether");
        assertThat(problemWith("--model", directory.toString())).contains(tools.toString()).contains("get_whether");
    }

    @Test
    void aPromptThatIsTooLong() {
        assertThat(problemWith("--prompt", "hello ".repeat(5000))).contains("prompt 1: the prompt has ")
                .contains("expected at most");
    }

    private void edit(String name, String from, String to) throws IOException {
        Path file = copyOfTheModel().resolve(name);
        String text = Files.readString(file);
        assertThat(text).contains(from);
        Files.writeString(file, text.replace(from, to));
    }

    private Path copyOfTheModel() throws IOException {
        try (Stream<Path> files = Files.list(EmbeddedModel.directory())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = directory.resolve(file.getFileName().toString());
                if (Files.notExists(copy)) {
                    Files.copy(file, copy);
                }
            }
        }
        return directory;
    }

    private static String problemWith(String... options) {
        return CommandLineRun.problemOf("quickstart", options);
    }
}
