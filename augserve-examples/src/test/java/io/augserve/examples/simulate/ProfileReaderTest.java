package io.augserve.examples.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.augserve.examples.BadInputException;
import io.augserve.predict.IterationTime;
import io.augserve.simulation.HardwareProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProfileReaderTest {
    private static final String CONSTANTS = "\"a\":1,\"b\":0.5,\"c\":0.25,\"d\":1e-4,\"e\":0,\"m0\":8";
    private static final String FLAT = "{" + CONSTANTS + ",\"overhead_ms\":2,\"kv_tokens\":3200,"
            + "\"kv_bytes_per_token\":100,\"host_bytes\":1e6,\"pcie_gbps\":0.5}";

    @TempDir
    Path directory;

    @Test
    void aBuiltinProfile() {
        assertThat(ProfileReader.of("opt-13b@h800")).isEqualTo(HardwareProfile.builtin("opt-13b@h800").orElseThrow());
    }

    @Test
    void aFlatObject() throws IOException {
        HardwareProfile profile = ProfileReader.of(write(FLAT).toString());
        assertThat(profile.name()).isEqualTo("profile.json");
        assertThat(profile.iterationTime()).isEqualTo(new IterationTime(1, 0.5, 0.25, 1e-4, 0, 8, 2));
        assertThat(profile.kvTokens()).isEqualTo(3200);
        assertThat(profile.kvBytesPerToken()).isEqualTo(100);
        assertThat(profile.hostBytes()).isEqualTo(1_000_000);
        assertThat(profile.pcieBytesPerSecond()).isEqualTo(5e8);
        assertThat(profile.blockSize()).isEqualTo(16);
        assertThat(profile.maxBatchTokens()).isEqualTo(2_048);
        assertThat(profile.maxSequences()).isEqualTo(256);
    }

    @Test
    void oneOfSeveralSetups() throws IOException {
        Path file = write("{\"setups\":{\"small@x\":" + FLAT + ",\"large@x\":" + FLAT.replace("3200", "6400") + "}}");
        assertThat(ProfileReader.of(file + "#large@x").kvTokens()).isEqualTo(6400);
        assertThat(ProfileReader.of(file + "#sm").name()).isEqualTo("small@x");
        for (String spec : new String[]{file + "#none", file.toString()}) {
            assertThatThrownBy(() -> ProfileReader.of(spec)).isInstanceOf(BadInputException.class)
                    .hasMessage("--profile " + spec + ": expected " + file + "#NAME with one of small@x, large@x");
        }
    }

    @Test
    void aFittedModelHasNoMachineButItsCapacity() throws IOException {
        Path file = write("{\"models\":{\"m (x, y)\":{\"linear\":{" + CONSTANTS.replace("\"a\":1", "\"a\":9")
                + "},\"hinge\":{" + CONSTANTS + "},\"kv_tokens\":41408},\"n\":{\"linear\":{" + CONSTANTS + "}}}}");
        HardwareProfile profile = ProfileReader.of(file + "#m");
        assertThat(profile.iterationTime()).isEqualTo(new IterationTime(1, 0.5, 0.25, 1e-4, 0, 8, 0));
        assertThat(profile.kvTokens()).isEqualTo(41_408);
        assertThat(profile.kvBytesPerToken()).isEqualTo(131_072);
        assertThatThrownBy(() -> ProfileReader.of(file + "#n")).isInstanceOf(BadInputException.class)
                .hasMessage(file + ", models.n.kv_tokens: expected an integer >= 16, got nothing");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "'\"a\":1,'             | ''                  | , a: expected a number from 0 to",
            "'\"a\":1,'             | '\"a\":-1,'         | , a: expected a number from 0 to",
            "'\"a\":1,'             | '\"a\":\"1\",'      | , a: expected a number, got \"1\"",
            "'\"a\":1,'             | '\"a\":1'           | : expected a JSON object, got malformed JSON (line 1 column",
            "',\"overhead_ms\":2'   | ''                  | , overhead_ms: expected a number, got nothing",
            "',\"host_bytes\":1e6'  | ''                  | , host_bytes: expected a number, got nothing",
            "'\"kv_tokens\":3200'   | '\"kv_tokens\":15'  | , kv_tokens: expected an integer >= 16, got 15",
            "'\"pcie_gbps\":0.5'    | '\"pcie_gbps\":0'   | , pcie_gbps: expected a number from",
            "'\"a\":1,'             | '\"a\":1,\"block_size\":0,' | , block_size: expected an integer >= 1, got 0"})
    void whatIsWrongIsNamedWithFileAndField(String from, String to, String expected) throws IOException {
        assertThat(FLAT).contains(from);
        Path file = write(FLAT.replace(from, to));
        assertThatThrownBy(() -> ProfileReader.of(file.toString())).isInstanceOf(BadInputException.class)
                .hasMessageStartingWith(file + expected);
    }

    @Test
    void anIterationThatTakesNoTimeIsRefused() throws IOException {
        Path file = write(FLAT.replace("\"a\":1", "\"a\":0").replace("\"overhead_ms\":2", "\"overhead_ms\":0"));
        assertThatThrownBy(() -> ProfileReader.of(file.toString())).isInstanceOf(BadInputException.class)
                .hasMessageContaining("a: expected more than 0 ms per iteration");
    }

    @Test
    void aNameThatIsNone() throws IOException {
        assertThatThrownBy(() -> ProfileReader.of("nothing")).isInstanceOf(BadInputException.class)
                .hasMessageStartingWith("--profile nothing: there is no such file")
                .hasMessageContaining("opt-13b@h800");
        Path file = write(FLAT);
        assertThatThrownBy(() -> ProfileReader.of(file + "#x")).isInstanceOf(BadInputException.class)
                .hasMessageContaining("\"setups\" or \"models\"");
    }

    private Path write(String json) throws IOException {
        return Files.writeString(directory.resolve("profile.json"), json);
    }
}
