package io.augserve.examples.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.augserve.examples.BadInputException;
import io.augserve.simulation.HardwareProfile;
import io.augserve.simulation.TraceRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Traces, profiles and arrivals may hold anything: they are read, or refused with a message that names the file. */
class UntrustedFilesProperties {
    private static final Pattern VALUE = Pattern.compile("-?\\d[\\d.eE+-]*|\"[^\"]*\"(?!\\s*:)");
    private static final Pattern MEMBER = Pattern.compile("\"[^\"]*\"\\s*:\\s*(?:\"[^\"]*\"|[-\\w.+]+)");
    private static final List<String> VALUES = List.of("-1", "0", "2147483647", "2147483648", "9223372036854775808",
            "1e999999999", "1e-999999999", "1e15", "1e-300", "-0.0", "0.5", "NaN", "1" + "0".repeat(900), "true",
            "null",
            "\"\"", "\"  \"", "\"\\u001b[2J\\n\"", "\"\\ud800\"", "\"" + "x".repeat(3000) + "\"", "[]", "{}", "[{}]",
            "[".repeat(40) + "]".repeat(40), "[".repeat(100_000), "");
    private static final String TRACE = """
            {"id": "r1", "type": "qa", "prompt_tokens": 12, "arrival_s": 1.5, "session": "s", "priority": -2, "slo_ttft_s": 0.5, \
            "slo_norm_s": 0.25, "segments": [{"output_tokens": 3, "tool_s": 0.125, "returned_tokens": 7, "tool": "wiki"}, {"output_tokens": 4}]}
            {"id": "r2", "kind": "qa", "prompt_tokens": 1, "segments": [{"output_tokens": 2}]}
            """;
    private static final String PROFILE = """
            {"setups": {"small@x": {"a": 1, "b": 0.5, "c": 0.25, "d": 1e-4, "e": 0, "m0": 8, "overhead_ms": 2, "kv_tokens": 3200,
             "kv_bytes_per_token": 100, "host_bytes": 1e6, "pcie_gbps": 0.5, "block_size": 16, "max_batch_tokens": 64, "name": "n"}}}
            """;
    private static final String ARRIVALS = "TIMESTAMP,tokens\n2023-11-16 18:17:03.97,1\n2023-11-16 18:17:04.5,2\n12.5,3\n13,\n";

    @Property(tries = 1500)
    void traces(@ForAll long seed) throws IOException {
        read(TRACE, seed, file -> {
            for (TraceRequest request : new TraceReader(file, OptionalDouble.empty()).read().requests()) {
                assertThat(request.finalContext()).isPositive();
            }
        });
    }

    @Property(tries = 1500)
    void profiles(@ForAll long seed) throws IOException {
        read(PROFILE, seed, file -> {
            HardwareProfile profile = ProfileReader.of(file);
            assertThat(profile.kvBlocks()).isPositive();
            assertThat(profile.hostBlocks()).isNotNegative();
            assertThat(profile.serviceLevel().normalizedLatency()).isPositive();
            assertThat(profile.machine().maxBatchTokens()).isPositive();
        });
    }

    @Property(tries = 500)
    void arrivals(@ForAll long seed) throws IOException {
        read(ARRIVALS, seed, file -> {
            for (double gap : ArrivalsReader.gaps(file)) {
                assertThat(gap).isNotNegative().isFinite();
            }
        });
    }

    @Example
    void anEndlessFileIsNotReadForEver() {
        Path endless = Path.of("/dev/zero");
        if (Files.exists(endless)) {
            assertThatExceptionOfType(BadInputException.class)
                    .isThrownBy(() -> InputFile.lines("--trace", endless.toString(), "a trace"))
                    .withMessage("--trace /dev/zero: expected at most 536870912 bytes, got more");
        }
    }

    private static void read(String valid, long seed, Consumer<String> reader) throws IOException {
        Random random = new Random(seed);
        Path file = Files.createTempFile("augserve", ".json");
        try {
            Files.write(file, mutant(valid, random));
            reader.accept(file.toString());
        } catch (BadInputException e) {
            assertThat(e).hasMessageContaining(String.valueOf(file.getFileName())).satisfies(
                    problem -> assertThat(problem.getMessage()).hasSizeLessThan(8_000));
        } finally {
            Files.delete(file);
        }
    }

    private static byte[] mutant(String valid, Random random) {
        String text = valid;
        for (int i = random.nextInt(4); i > 0; i--) {
            text = switch (random.nextInt(4)) {
                case 0 -> replaced(text, MEMBER, "$0, $0", random);
                default -> replaced(text, VALUE, VALUES.get(random.nextInt(VALUES.size())), random);
            };
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int i = random.nextInt(3); i > 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        return bytes;
    }

    private static String replaced(String text, Pattern what, String by, Random random) {
        List<MatchResult> found = new ArrayList<>(what.matcher(text).results().toList());
        if (found.isEmpty()) {
            return text;
        }
        MatchResult one = found.get(random.nextInt(found.size()));
        return text.substring(0, one.start()) + by.replace("$0", one.group()) + text.substring(one.end());
    }
}
