package io.augserve.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.augserve.predict.CostModel;
import io.augserve.predict.SegmentEstimate;
import org.junit.jupiter.api.Test;

class RequestOrderTest {
    private static final CostModel COSTS = new CostModel(0.01, 0.001, 0);

    private record Case(long id, int knownTokens, int computedTokens, SegmentEstimate estimate, long stateSinceNanos)
            implements
                PlainView {
        @Override
        public RequestState state() {
            return RequestState.WAITING;
        }
    }

    private static Case of(int known, int computed, double output, double toolSeconds) {
        return new Case(1, known, computed, new SegmentEstimate(output, toolSeconds, 0), 2_000_000_000L);
    }

    @Test
    void memoryTimeIsTheAreaUnderTheContext() {
        // K = 0, P = 100, G = 10: f(100) * 50 = 5.5; It * (10 * 100 + 50) = 0.011 * 1050 = 11.55; no pause.
        assertThat(RequestOrder.MemoryTime.ofSegment(of(100, 0, 10, 0), COSTS)).isCloseTo(17.05, within(1e-9));
        // A pause of 0.1 s over 110 tokens adds 11; one of 100 s is cheaper computed again: f(110) * 110 / 2 = 6.6.
        assertThat(RequestOrder.MemoryTime.ofSegment(of(100, 0, 10, 0.01), COSTS)).isCloseTo(17.05 + 1.1, within(1e-9));
        assertThat(RequestOrder.MemoryTime.ofSegment(of(100, 0, 10, 100), COSTS)).isCloseTo(17.05 + 6.6, within(1e-9));
        // K = 90, P = 10, G = 10: f(10) * 95 = 1.9 and the same decode.
        assertThat(RequestOrder.MemoryTime.ofSegment(of(100, 90, 10, 0), COSTS)).isCloseTo(1.9 + 11.55, within(1e-9));
    }

    @Test
    void valueDensityAgesFromWhenTheRequestBeganToWait() {
        RequestOrder order = RequestOrder.valueDensity(0.1);
        Case request = of(100, 0, 10, 0);
        double atTwo = order.level(request, COSTS) + 2 * order.rate(request, COSTS);
        double atTwelve = order.level(request, COSTS) + 12 * order.rate(request, COSTS);
        assertThat(atTwo).isCloseTo(1 / 17.05, within(1e-12));
        // (1 + 0.1 * 10) / C.
        assertThat(atTwelve).isCloseTo(2 / 17.05, within(1e-12));
    }

    @Test
    void ordersAreMonotone() {
        assertThat(RequestOrder.shortestOutput().level(of(10, 0, 5, 0), COSTS))
                .isGreaterThan(RequestOrder.shortestOutput().level(of(10, 0, 6, 0), COSTS));
        for (RequestOrder order : new RequestOrder[]{RequestOrder.memoryTime(), RequestOrder.valueDensity(5e-5)}) {
            assertThat(order.level(of(10, 0, 5, 0), COSTS)).isGreaterThan(order.level(of(11, 0, 5, 0), COSTS));
            assertThat(order.level(of(10, 0, 5, 0), COSTS)).isGreaterThan(order.level(of(10, 0, 6, 0), COSTS));
            assertThat(order.level(of(10, 0, 5, 0), COSTS)).isGreaterThan(order.level(of(10, 0, 5, 0.001), COSTS));
        }
    }
}
