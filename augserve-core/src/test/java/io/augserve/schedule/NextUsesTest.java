package io.augserve.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.engine.BlockLedger;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Times in seconds; requests of negative priority wait an hour longer than others. */
class NextUsesTest {
    private static final double HOUR = 3600;

    private final BlockLedger ledger = new BlockLedger(100, 10);
    private final NextUses uses = new NextUses(request -> request.priority() < 0 ? nanos(HOUR) : 0);

    private static long nanos(double seconds) {
        return Math.round(seconds * 1e9);
    }

    private Asked pauses(long id, double now, double toolSeconds) {
        Asked request = new Asked(id, 200, 0).pauses(now, toolSeconds);
        uses.paused(request, nanos(now));
        return request;
    }

    private Asked waits(long id, double since) {
        Asked request = new Asked(id, 200, 0);
        request.stateSinceSeconds = since;
        uses.waits(request);
        return request;
    }

    /** It has left two blocks in the cache. */
    private Asked leftBlocks(Asked request) {
        ledger.reserve(request.id(), 200);
        ledger.retire(request.id(), 200);
        return request;
    }

    private List<StepPlan.NextUse> at(double seconds, StepPlan plan) {
        return uses.weigh(plan, GoodputView.at(seconds, ledger)).nextUses();
    }

    private List<StepPlan.NextUse> at(double seconds) {
        return at(seconds, StepPlan.EMPTY);
    }

    private static StepPlan.NextUse expected(RequestView request, double seconds) {
        return new StepPlan.NextUse(request, nanos(seconds));
    }

    @Test
    void whoGivesUpItsKvIsExpectedWhenItsToolIsOrItsTurn() {
        Asked paused = pauses(1, 10, 30);
        Asked running = new Asked(2, 200, 0).runs(200);
        Asked holder = waits(3, 11);
        assertThat(at(12, new StepPlan(List.of(), List.of(running), List.of(paused, holder))))
                .containsExactly(expected(running, 12), expected(paused, 40), expected(holder, 11));
    }

    @Test
    void whoIsLateIsExpectedLater() {
        Asked paused = pauses(1, 10, 30);
        paused.priority = -1;
        assertThat(at(12, new StepPlan(List.of(), List.of(), List.of(paused))))
                .containsExactly(expected(paused, 40 + HOUR));
    }

    @Test
    void anOverdueToolTakesAsLongAgain() {
        Asked paused = leftBlocks(pauses(1, 10, 30));
        assertThat(at(39)).isEmpty();
        assertThat(at(41)).containsExactly(expected(paused, 72));
        assertThat(at(71)).isEmpty();
        assertThat(at(72)).containsExactly(expected(paused, 134));
    }

    @Test
    void whoIsBackWaitsForItsTurn() {
        Asked request = leftBlocks(pauses(1, 10, 30));
        request.state = RequestState.WAITING;
        request.stateSinceSeconds = 15;
        uses.waits(request);
        assertThat(at(16)).containsExactly(expected(request, 15));
        assertThat(at(50)).as("said once, and not overdue").isEmpty();
    }

    @Test
    void whoHasLeftNothingOrIsGoneIsNotSpokenOf() {
        waits(1, 5);
        pauses(2, 5, 1);
        Asked there = leftBlocks(waits(3, 5));
        uses.ended(leftBlocks(waits(4, 5)));
        uses.ended(leftBlocks(pauses(5, 5, 1)));
        assertThat(at(7)).containsExactly(expected(there, 5));
    }
}
