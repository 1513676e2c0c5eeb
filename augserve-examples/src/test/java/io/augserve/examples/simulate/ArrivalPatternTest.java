package io.augserve.examples.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.augserve.examples.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArrivalPatternTest {
    @TempDir
    Path directory;

    @Test
    void theKinds() {
        assertThat(ArrivalPattern.of("trace").atRate()).isEmpty();
        for (String kind : new String[]{"poisson", "gamma:2"}) {
            long[] times = ArrivalPattern.of(kind).atRate().orElseThrow().apply(10).draw(Duration.ofSeconds(100),
                    new SplittableRandom(1));
            assertThat(times.length).as(kind).isBetween(800, 1_200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "uniform", "gamma", "gamma:", "gamma:x", "gamma:0", "gamma:-1", "gamma:101",
            "gamma:NaN"})
    void otherKinds(String spec) {
        assertThatThrownBy(() -> ArrivalPattern.of(spec)).isInstanceOf(BadInputException.class)
                .hasMessageStartingWith("--arrivals " + spec + ": expected");
    }

    @Test
    void secondsOrTimestampsUnderAHeader() throws IOException {
        assertThat(gaps("0\n1.5\n\n1.5\n4\n")).containsExactly(1.5, 0, 2.5);
        assertThat(gaps("""
                TIMESTAMP,ContextTokens\r
                2023-11-16 23:59:59.5000000,1\r
                2023-11-17 00:00:00.2500000,2\r
                """)).containsExactly(0.75);
        assertThat(gaps("2024-05-12 00:00:00.5+00:00\n2024-05-12T00:00:02.5Z")).containsExactly(2);
    }

    @Test
    void filesThatCannotBeUsed() throws IOException {
        assertThatThrownBy(() -> gaps("")).hasMessageContaining("expected at least two arrivals");
        assertThatThrownBy(() -> gaps("time\n1\n")).hasMessageContaining("expected at least two arrivals");
        assertThatThrownBy(() -> gaps("1\n1\n")).hasMessageContaining("at different times");
        assertThatThrownBy(() -> gaps("1\nx,2\n")).hasMessage(
                directory.resolve("arrivals.csv") + ", line 2, column 1: expected seconds or a timestamp, got 'x'");
        assertThatThrownBy(() -> gaps("time\n2\n1\n")).hasMessageContaining("line 3, column 1: expected arrivals in "
                + "ascending order, got '1' after a later one");
        assertThatThrownBy(() -> gaps("1\n,5\n")).hasMessageContaining("line 2, column 1: expected seconds");
        assertThatThrownBy(() -> ArrivalPattern.of("trace:" + directory.resolve("none")))
                .isInstanceOf(BadInputException.class).hasMessageContaining("no such file");
    }

    private double[] gaps(String text) throws IOException {
        return ArrivalsReader.gaps(Files.writeString(directory.resolve("arrivals.csv"), text).toString());
    }
}
