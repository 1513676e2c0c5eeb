package io.augserve.examples.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.simulation.Distribution;
import io.augserve.simulation.RunLabel;
import io.augserve.simulation.RunMetrics;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private static final Distribution NOTHING = Distribution.of();

    private final StringWriter out = new StringWriter();

    @Test
    void aLineForEachRunWhereThereIsNoTerminal() {
        try (Progress progress = new Progress(new PrintWriter(out), false, OptionalInt.of(2))) {
            progress.ended(metrics("machine", OptionalDouble.of(2.5)));
            progress.ended(metrics("machine", OptionalDouble.empty()));
        }
        assertThat(out.toString().lines()).containsExactly(
                "1 of 2: fcfs on machine, 2.5/s, seed 7: 8 of 10 requests finished (1.5 s)",
                "2 of 2: fcfs on machine, seed 7: 8 of 10 requests finished (1.5 s)");
    }

    @Test
    void oneLineThatIsRedrawnAndClearedOnATerminal() {
        try (Progress progress = new Progress(new PrintWriter(out), true, OptionalInt.empty())) {
            progress.ended(metrics("machine".repeat(20), OptionalDouble.of(1.0)));
        }
        assertThat(out.toString()).startsWith("\r\033[2Krun 1: fcfs on machine").endsWith("…\r\033[2K")
                .doesNotContain("\n").hasSize(79 + 10);
    }

    private static RunMetrics metrics(String profile, OptionalDouble rate) {
        return new RunMetrics(new RunLabel("fcfs", profile, "trace", "online", "poisson", rate, 7), 10, 8, 1, 1, 1, 1,
                NOTHING, NOTHING, NOTHING,
                1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1.5);
    }
}
