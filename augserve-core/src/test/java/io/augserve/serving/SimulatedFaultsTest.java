package io.augserve.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.serving.SimulatedFaults.Run;
import io.augserve.serving.SimulatedFaults.Summary;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Thousands of worlds in which things go wrong; no promise is broken in any. */
class SimulatedFaultsTest {
    @Test
    void whateverGoesWrongTheServerKeepsItsPromises() {
        Summary summary = SimulatedFaults.many(1, 2_000, SimulatedFaults.STEPS);
        assertPromisesKept(summary);
        assertThat(summary.fewestSteps()).isGreaterThanOrEqualTo(SimulatedFaults.STEPS);
        // Every kind of fault has struck.
        for (Class<? extends Enum<?>> kinds : List.of(WorldEvent.StepFault.class, WorldEvent.ToolFault.class,
                WorldEvent.End.class, WorldEvent.Reader.class, WorldEvent.FollowUp.class)) {
            for (Enum<?> kind : kinds.getEnumConstants()) {
                if (kind != WorldEvent.Reader.NOBODY && kind != WorldEvent.Reader.EAGER) {
                    assertThat(summary.faults()).containsKey(kinds.getSimpleName() + "." + kind);
                }
            }
        }
        // Mostly by taking over a parked turn: few policies reuse anything else in this cache, and those only after a loss.
        assertThat(summary.faults().get("Cached")).isGreaterThan(summary.seeds());
    }

    @Test
    @EnabledIfSystemProperty(named = "augserve.faults", matches = ".+")
    void asManySeedsAsAreAskedFor() throws IOException {
        assertPromisesKept(FaultFigures.write(System.getProperty("augserve.faults")));
    }

    private static void assertPromisesKept(Summary summary) {
        assertThat(summary.failed().stream().limit(2).map(run -> SimulatedFaults.report(run, Planted.NONE))).isEmpty();
    }

    @Test
    void theSameSeedIsTheSameWorld() {
        for (long seed = 1; seed <= 20; seed++) {
            Run first = SimulatedFaults.of(seed, 500, Planted.NONE);
            assertThat(SimulatedFaults.of(seed, 500, Planted.NONE)).isEqualTo(first);
            assertThat(SimulatedFaults.replay(first.setup(), first.events(), Planted.NONE)).isEqualTo(first);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aDefectBuiltInOnPurposeIsFoundWithinTwoHundredSeeds(Planted planted) {
        assertThat(LongStream.rangeClosed(1, 200)
                .anyMatch(seed -> !SimulatedFaults.of(seed, SimulatedFaults.STEPS, planted).isWell())).isTrue();
    }

    @Test
    void aFailingScheduleIsShrunk() {
        Run failed = LongStream.rangeClosed(1, 200)
                .mapToObj(seed -> SimulatedFaults.of(seed, SimulatedFaults.STEPS, Planted.LEAKED_BLOCK))
                .filter(run -> !run.isWell() && run.events().size() > 100).findFirst().orElseThrow();
        Run small = SimulatedFaults.shrunk(failed, Planted.LEAKED_BLOCK);
        assertThat(small.violations()).isNotEmpty();
        assertThat(small.events().size()).isLessThan(failed.events().size() / 4);
        assertThat(SimulatedFaults.report(failed, Planted.LEAKED_BLOCK)).contains("seed " + failed.setup().seed(),
                "Submit[");
    }

    @Test
    void seedsThatOnceFailedDoNotAnyMore() throws IOException {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(SimulatedFaultsTest.class.getResourceAsStream("failed-seeds.txt")),
                StandardCharsets.UTF_8))) {
            for (String line : lines.lines().filter(line -> !line.startsWith("#")).toList()) {
                long seed = Long.parseLong(line.substring(0, line.indexOf(' ')));
                assertThat(SimulatedFaults.of(seed, SimulatedFaults.STEPS, Planted.NONE).violations()).as(line)
                        .isEmpty();
            }
        }
    }
}
