package io.augserve.examples.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.augserve.simulation.HardwareProfile;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProfileWriterTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @MethodSource("io.augserve.simulation.HardwareProfile#names")
    void whatIsReadIsWhatWasWritten(String name) throws IOException {
        HardwareProfile profile = HardwareProfile.builtin(name).orElseThrow();
        Path file = directory.resolve("profile.json");
        ProfileWriter.write(file, profile);
        HardwareProfile read = ProfileReader.of(file.toString());
        assertThat(read).usingRecursiveComparison().ignoringFields("pcieBytesPerSecond").isEqualTo(profile);
        assertThat(read.pcieBytesPerSecond()).isCloseTo(profile.pcieBytesPerSecond(), within(1.0));
    }
}
