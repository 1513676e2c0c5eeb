package io.augserve.examples.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.simulation.TraceRequest;
import io.augserve.simulation.TraceSegment;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScaleTest {
    @Test
    void lengthsAndTimesShrinkAndCallsStay() {
        TraceRequest request = TraceRequest.of("a", "qa", 101,
                List.of(TraceSegment.calling(40, "search", 2, 1), TraceSegment.last(1)));
        assertThat(Scale.scaled(request, 0.1)).isEqualTo(TraceRequest.of("a", "qa", 10,
                List.of(TraceSegment.calling(4, "search", 0.2, 0), TraceSegment.last(1))));
        assertThat(Scale.scaled(request, 1)).isEqualTo(request);
    }
}
