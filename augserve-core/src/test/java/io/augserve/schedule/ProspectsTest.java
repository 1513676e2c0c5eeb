package io.augserve.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.augserve.engine.BlockLedger;
import io.augserve.predict.CostModel;
import io.augserve.predict.Outlook;
import io.augserve.predict.SegmentEstimate;
import java.util.List;
import org.junit.jupiter.api.Test;

/** f(x) = 0.01 + 0.001 x, so an iteration is taken for f(32) = 0.042 s; 1,000 tokens of KV, four places. */
class ProspectsTest {
    private static final long MILLI = 1_000_000;

    private final Prospects prospects = new Prospects(new CostModel(0.01, 0.001, 0.0001));
    private final BlockLedger ledger = new BlockLedger(100, 10);

    private Candidate assessed(Asked request, double now) {
        prospects.planBegins(GoodputView.at(now, ledger));
        Candidate candidate = new Candidate(request);
        prospects.assess(candidate, Math.round(now * 1e9));
        return candidate;
    }

    @Test
    void demandGoesToTheEndOfTheRequest() {
        Asked request = new Asked(1, 100, 0);
        request.estimate = new SegmentEstimate(10, 3, 5, new Outlook(20, 10));
        // 0.001 * (100 + 15) + 0.042 * (10 * s(105) + 20 * s(110 + 35 / 2)), both contexts below a place's share of 1/4.
        assertThat(assessed(request, 0).demand).isCloseTo(0.115 + 0.042 * 30 * 0.25, within(1e-12));
        Asked large = new Asked(2, 600, 0);
        large.estimate = new SegmentEstimate(10, 3, 5, new Outlook(20, 10));
        // Three iterations of prefill do not count, their tokens do; s(605) = 0.605, s(627.5) = 0.6275.
        assertThat(assessed(large, 0).demand).isCloseTo(0.615 + 0.042 * (6.05 + 12.55), within(1e-12));
    }

    @Test
    void aLevelOfPriorityIsWorthTwice() {
        Asked normal = new Asked(1, 100, 0);
        Asked urgent = new Asked(2, 100, 0);
        urgent.priority = 2;
        assertThat(assessed(urgent, 0).demand).isCloseTo(assessed(normal, 0).demand / 4, within(1e-12));
        urgent.priority = Integer.MAX_VALUE;
        assertThat(assessed(urgent, 0).demand).isPositive();
        urgent.priority = Integer.MIN_VALUE;
        assertThat(assessed(urgent, 0).demand).isFinite();
    }

    @Test
    void theFirstTokenHasToComeInTime() {
        // One iteration and 100 tokens of prefill in crowded steps: 0.242 s before the second is over.
        assertThat(assessed(new Asked(1, 100, 3), 3).latestStart).isEqualTo(3_758 * MILLI);
        assertThat(assessed(new Asked(1, 100, 3), 3.757).late).isFalse();
        assertThat(assessed(new Asked(1, 100, 3), 3.759).late).isTrue();
    }

    @Test
    void afterItTheSegmentHasToEndInTime() {
        Asked request = new Asked(1, 101, 0).runs(100);
        request.outputs = 5;
        // 15 tokens may take 3 s; the ten that are left need 10 * 0.042, after an iteration with one token of prefill.
        assertThat(assessed(request, 0).latestStart).isEqualTo(Math.round(1e9 * (3 - 0.42 - 0.044)));
    }

    @Test
    void whoHasTimeCountsForMore() {
        Asked request = new Asked(1, 101, 0).runs(100);
        request.outputs = 200;
        double hurried = assessed(request, 38).demand;
        // 210 tokens may take 42 s.
        assertThat(assessed(request, 30).demand).isCloseTo(1.5 * hurried, within(1e-12));
    }

    @Test
    void iterationsAreMeasured() {
        prospects.planBegins(GoodputView.at(1, ledger));
        prospects.planEnds(new StepPlan(List.of(new StepPlan.Grant(new Asked(1, 100, 0), 100, 0)), List.of(),
                List.of(), List.of(), List.of()));
        assertThat(prospects.planBegins(GoodputView.at(1.092, ledger))).isCloseTo(0.092, within(1e-9));
        assertThat(prospects.iterationSeconds()).isCloseTo(0.042 + 0.05 / 50, within(1e-9));
        prospects.planEnds(new StepPlan(List.of(), List.of(), List.of(), List.of(), List.of()));
        assertThat(prospects.planBegins(GoodputView.at(9, ledger))).as("nothing was computed").isZero();
    }

    @Test
    void aPauseIsWorthItsMemoryFromTheCostOfBringingItBack() {
        prospects.planBegins(GoodputView.at(0, ledger));
        // Copying twice, 0.0002 s a token, is cheaper than computing, 0.001; times 1,000 tokens.
        assertThat(prospects.worthwhilePauseSeconds()).isCloseTo(0.2, within(1e-12));
    }
}
