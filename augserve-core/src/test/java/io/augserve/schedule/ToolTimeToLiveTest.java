package io.augserve.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.engine.BlockLedger;
import io.augserve.predict.CostModel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** f(x) = 0.01 x seconds, a cache of 1,000 tokens. */
class ToolTimeToLiveTest {
    private static final long SECOND = 1_000_000_000;

    private final ToolTimeToLive retention = new ToolTimeToLive(new CostModel(0, 0.01, 0));
    private long ids = 100;

    private record Calling(long id, RequestState state, int computedTokens, String tool) implements PlainView {
        @Override
        public int knownTokens() {
            return computedTokens + 1;
        }

        @Override
        public List<String> toolsOut() {
            return List.of(tool);
        }
    }

    /** A view in which so many run and wait. */
    private static TestView view(int running, int waiting) {
        List<TestRequest> runs = new ArrayList<>();
        List<TestRequest> waits = new ArrayList<>();
        for (int i = 0; i < running; i++) {
            runs.add(TestRequest.running(i, 2, 1));
        }
        for (int i = 0; i < waiting; i++) {
            waits.add(TestRequest.waiting(50 + i, 2));
        }
        return new TestView(10, 100, new BlockLedger(10, 100), runs, waits, List.of());
    }

    /** A call that returned with its KV after so many seconds. */
    private void observe(String tool, double seconds) {
        Calling request = new Calling(ids++, RequestState.PAUSED, 100, tool);
        retention.paused(request, 0);
        retention.returned(request, Math.round(seconds * 1e9));
        retention.left(request);
    }

    private double secondsFor(String tool, TestView view) {
        Calling request = new Calling(ids++, RequestState.PAUSED, 100, tool);
        retention.paused(request, 0);
        double seconds = retention.nanos(request, view) / 1e9;
        retention.left(request);
        return seconds;
    }

    @Test
    void keepsNothingBeforeAnyToolReturned() {
        assertThat(secondsFor("search", view(0, 0))).isZero();
    }

    @Test
    void aShareOfTheCacheIsPaidByThoseWhoRunOrWait() {
        observe("search", 4);
        // Benefit f(100) = 1 s; a tenth of the cache for 4 s costs each other program 0.4 s.
        assertThat(secondsFor("search", view(1, 1))).isEqualTo(4);
        assertThat(secondsFor("search", view(2, 1))).isZero();
    }

    @Test
    void theWaitOfTheDisplacedIsPartOfTheBenefit() {
        observe("search", 4);
        for (int seconds : new int[]{3, 5}) {
            Calling displaced = new Calling(ids++, RequestState.WAITING, 0, "search");
            retention.returned(displaced, 0);
            retention.runs(displaced, seconds * SECOND);
        }
        // 1 s and a mean wait of 4 s against 0.4 s for each of the others.
        assertThat(secondsFor("search", view(6, 6))).isEqualTo(4);
        assertThat(secondsFor("search", view(7, 6))).isZero();
    }

    @Test
    void toolsAreToldApartAndAnUnknownOneIsTakenForAnyOfThem() {
        observe("fast", 1);
        observe("slow", 100);
        // n = 1: 0.1 s a second. Fast: 1 - 0.1; slow: 1 - 10; either: P 1/2 - 0.1 at 1 s.
        assertThat(secondsFor("fast", view(1, 0))).isEqualTo(1);
        assertThat(secondsFor("slow", view(1, 0))).isZero();
        assertThat(secondsFor("other", view(1, 0))).isEqualTo(1);
    }

    @Test
    void theGapBetweenTwoTurnsIsTheTimeOfTheCalls() {
        Asked next = new Asked(900, 200, 0);
        Calling turn = new Calling(ids, RequestState.PAUSED, 100, "search");
        next.program = ids++;
        next.computed = 100;
        retention.paused(turn, 0);
        retention.returned(next, 4 * SECOND);
        retention.left(next);
        assertThat(secondsFor("search", view(1, 1))).isEqualTo(4);
    }
}
