package io.augserve.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.augserve.engine.EngineSpec;
import io.augserve.predict.IterationTime;
import io.augserve.predict.StepLoad;
import io.augserve.profile.EngineProfile;
import io.augserve.profile.StepTime;
import io.augserve.request.SamplingOptions;
import io.augserve.request.ServiceLevel;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class HardwareProfileTest {
    @Test
    void namesThePapersSetUpsFirst() {
        assertThat(HardwareProfile.names()).doesNotHaveDuplicates().startsWith("gptj-6b@rtx4090", "opt-13b@h800",
                "vicuna-13b@2xa100-40g", "llama3-70b@4xa100-80g", "llama3.1-8b@rtx4090", "llama3.1-8b@rtxpro6000");
        assertThat(HardwareProfile.builtin("llama3.1-8b@abacus")).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("io.augserve.simulation.HardwareProfile#names")
    void everyProfileIsPlausible(String name) {
        HardwareProfile profile = HardwareProfile.builtin(name).orElseThrow();
        assertThat(profile.name()).isEqualTo(name);
        assertThat(profile.blockSize()).isEqualTo(16);
        assertThat(profile.maxBatchTokens()).isEqualTo(2048);
        assertThat(profile.source()).isNotBlank();
        assertThat(profile.hostBlocks()).isGreaterThan(0);
        assertThat(profile.swapSecondsPerToken()).isBetween(2e-6, 4e-5);
        assertThat(profile.referenceDecodeIteration()).isBetween(Duration.ofMillis(5), Duration.ofMillis(60));
    }

    @ParameterizedTest
    @CsvSource({"gptj-6b@rtx4090, 1156, 17438", "llama3.1-8b@rtx4090, 2588, 61035", "opt-13b@h800, 3418, 9765"})
    void countsWholeBlocks(String name, int device, long host) {
        HardwareProfile profile = HardwareProfile.builtin(name).orElseThrow();
        assertThat(profile.kvBlocks()).isEqualTo(device);
        assertThat(profile.hostBlocks()).isEqualTo(host);
    }

    @Test
    void derivesTheObjectiveFromTheReferenceIteration() {
        HardwareProfile profile = HardwareProfile.builtin("opt-13b@h800").orElseThrow();
        // 32 sequences do not exceed m0: 11.5 + 0.011 * 32 + 0.000273 * 32000 + 14 = 34.588 ms
        assertThat(profile.referenceDecodeIteration()).isEqualTo(Duration.ofNanos(34_588_000));
        assertThat(profile.serviceLevel())
                .isEqualTo(new ServiceLevel(Duration.ofSeconds(1), Duration.ofNanos(345_880_000)));
        assertThat(profile.withIterationTime(profile.iterationTime().withOverheadMillis(0)).referenceDecodeIteration())
                .isEqualTo(Duration.ofNanos(20_588_000));
    }

    @Test
    void movesATokenInBytesOverRate() {
        // 131072 bytes at 26 GB/s: 5.04 us
        assertThat(HardwareProfile.builtin("llama3.1-8b@rtx4090").orElseThrow().swapSecondsPerToken()).isCloseTo(
                5.04e-6,
                within(1e-8));
    }

    @Test
    void canBeVaried() {
        HardwareProfile profile = HardwareProfile.builtin("llama3.1-8b@rtx4090").orElseThrow();
        assertThat(profile.withKvTokens(1600).kvBlocks()).isEqualTo(100);
        assertThat(profile.withLimits(384, 64)).satisfies(varied -> {
            assertThat(varied.maxBatchTokens()).isEqualTo(384);
            assertThat(varied.maxSequences()).isEqualTo(64);
            assertThat(varied.kvTokens()).isEqualTo(profile.kvTokens());
        });
        assertThatThrownBy(() -> profile.withKvTokens(15)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("kvTokens: expected >= 16, got 15");
        assertThatThrownBy(() -> profile.withLimits(0, 1)).hasMessage("maxBatchTokens: expected >= 1, got 0");
    }

    @Test
    void aMeasuredEngineIsAProfile() {
        EngineSpec engine = new EngineSpec("small", 10, 512, Set.of(), 128, 8, SamplingOptions.greedy());
        IterationTime time = new IterationTime(1, 0.5, 0, 0, 0, 0, 0);
        List<StepTime> steps = List.of(new StepTime(new StepLoad(10, 0, 0, 50), 0.008, 3));
        HardwareProfile profile = HardwareProfile.of(new EngineProfile(engine, 16, 100, 20, time, 2e-6, steps));
        assertThat(profile.name()).isEqualTo("small");
        assertThat(profile.iterationTime()).isEqualTo(time);
        assertThat(profile.kvBlocks()).isEqualTo(100);
        assertThat(profile.hostBlocks()).isEqualTo(20);
        assertThat(profile.swapSecondsPerToken()).isCloseTo(2e-6, within(1e-15));
        assertThat(profile.maxBatchTokens()).isEqualTo(128);
        assertThat(profile.maxSequences()).isEqualTo(8);
        // 6 ms instead of 8.
        assertThat(profile.source()).contains("1 loads, mean error 25.0%");
        assertThat(HardwareProfile.of(new EngineProfile(engine, 16, 100, 0, time, 0, steps)).hostBlocks()).isZero();
    }
}
