package io.augserve.schedule;

import static io.augserve.schedule.TestRequest.paused;
import static io.augserve.schedule.TestRequest.running;
import static io.augserve.schedule.TestRequest.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.engine.BlockLedger;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Plans by hand; blocks of 16 tokens. */
class ProgramSchedulerTest {
    private static final int PLENTY = 1000;
    private static final List<TestRequest> NONE = List.of();

    private final ProgramScheduler arrival = new ProgramScheduler(ProgramOrder.arrival(), Retention.none());

    private static StepPlan plan(ProgramScheduler scheduler, int maxRunning, int blocks, List<TestRequest> running,
            List<TestRequest> waiting, List<TestRequest> paused) {
        TestView view = TestView.of(PLENTY, maxRunning, new BlockLedger(16, blocks), running, waiting, paused);
        view.tell(scheduler);
        return scheduler.plan(view);
    }

    private static StepPlan.Grant grant(RequestView request, int tokens) {
        return new StepPlan.Grant(request, tokens);
    }

    /** An order with levels that are written down. */
    private static ProgramScheduler levels(Map<Long, Integer> levels) {
        return new ProgramScheduler(new ProgramOrder() {
            @Override
            public int level(RequestView request, long now) {
                return levels.getOrDefault(request.id(), 0);
            }

            @Override
            public boolean preempts() {
                return true;
            }
        }, Retention.none());
    }

    @Test
    void theOldestProgramGoesFirstWheneverItReturned() {
        TestRequest old = waiting(1, 30);
        TestRequest young = waiting(2, 30);
        StepPlan plan = plan(arrival, 1, 10, NONE, List.of(young, old), NONE);
        assertThat(plan.grants()).containsExactly(grant(old, 30));
    }

    @Test
    void runningOnesGoFirstAndTheYoungestIsPreempted() {
        // Four blocks, all held: 1 + 1 + 2. Program 1 needs a second one.
        TestRequest first = running(1, 17, 16);
        TestRequest second = running(2, 10, 9);
        TestRequest third = running(3, 20, 19);
        StepPlan plan = plan(arrival, 8, 4, List.of(third, second, first), List.of(waiting(0, 1)), NONE);
        assertThat(plan.preempted()).containsExactly(third);
        assertThat(plan.grants()).as("nobody is admitted").containsExactly(grant(first, 1), grant(second, 1));
    }

    @Test
    void whoFindsNobodyYoungerIsPreemptedItself() {
        StepPlan plan = plan(arrival, 8, 2, List.of(running(1, 10, 9), running(2, 17, 16)), NONE, NONE);
        assertThat(plan.preempted()).extracting(RequestView::id).containsExactly(2L);
        assertThat(plan.grants()).extracting(each -> each.request().id()).containsExactly(1L);
    }

    @Test
    void pausedContextsAreGivenUpAtOnceWithoutRetention() {
        StepPlan plan = plan(arrival, 8, 4, NONE, List.of(waiting(2, 60)), List.of(paused(1, 48)));
        assertThat(plan.discarded()).extracting(RequestView::id).containsExactly(1L);
        assertThat(plan.grants()).hasSize(1);
    }

    @Test
    void keptContextsGoBeforeARunningRequestDoes() {
        ProgramScheduler keeping = new ProgramScheduler(ProgramOrder.arrival(), (request, view) -> Long.MAX_VALUE / 2);
        // Four blocks, all held: 1 + 1 run, 1 + 1 are kept.
        StepPlan plan = plan(keeping, 8, 4, List.of(running(1, 17, 16), running(4, 10, 9)), NONE,
                List.of(paused(2, 16), paused(3, 16)));
        assertThat(plan.discarded()).as("the youngest program's").extracting(RequestView::id).containsExactly(3L);
        assertThat(plan.preempted()).isEmpty();
        assertThat(plan.grants()).hasSize(2);
    }

    @Test
    void aWaitingRequestTakesKeptContextsOnlyIfNobodyRuns() {
        ProgramScheduler keeping = new ProgramScheduler(ProgramOrder.arrival(), (request, view) -> Long.MAX_VALUE / 2);
        List<TestRequest> kept = List.of(paused(1, 16), paused(2, 16));
        StepPlan busy = plan(keeping, 8, 4, List.of(running(3, 10, 9)), List.of(waiting(4, 40)), kept);
        assertThat(busy.discarded()).isEmpty();
        assertThat(busy.grants()).extracting(each -> each.request().id()).containsExactly(3L);

        ProgramScheduler idle = new ProgramScheduler(ProgramOrder.arrival(), (request, view) -> Long.MAX_VALUE / 2);
        StepPlan stuck = plan(idle, 8, 4, NONE, List.of(waiting(4, 40)), kept);
        assertThat(stuck.discarded()).extracting(RequestView::id).containsExactly(2L);
        assertThat(stuck.grants()).extracting(each -> each.request().id()).containsExactly(4L);
    }

    @Test
    void aContextIsGivenUpWhenItsTimeIsUp() {
        ProgramScheduler keeping = new ProgramScheduler(ProgramOrder.arrival(), (request, view) -> 5);
        TestRequest away = paused(1, 16);
        BlockLedger ledger = new BlockLedger(16, 4);
        TestView view = TestView.of(PLENTY, 8, ledger, NONE, NONE, List.of(away));
        view.tell(keeping);
        // Paused since nanosecond 1, its id.
        assertThat(keeping.plan(view.at(3)).discarded()).isEmpty();
        assertThat(keeping.plan(view.at(5)).discarded()).isEmpty();
        assertThat(keeping.plan(view.at(6)).discarded()).containsExactly(away);
        assertThat(keeping.plan(view.at(7)).discarded()).as("once").isEmpty();
    }

    @Test
    void takesWhatIsLeftInTheCacheAndComputesTheRest() {
        BlockLedger ledger = new BlockLedger(16, 8);
        ledger.reserve(1, 50);
        ledger.retire(1, 50);
        ToyRequest back = new ToyRequest(1, 60, ledger);
        TestView view = new TestView(8, 8, ledger, List.of(), List.of(back), List.of());
        view.tell(arrival);
        // Three full blocks of the 50 tokens are there; of the other 12 the budget allows 8.
        assertThat(arrival.plan(view).grants()).containsExactly(new StepPlan.Grant(back, 8, 48));
    }

    private record ToyRequest(long id, int knownTokens, BlockLedger ledger) implements PlainView {
        @Override
        public RequestState state() {
            return RequestState.WAITING;
        }

        @Override
        public int computedTokens() {
            return 0;
        }

        @Override
        public int reusableTokens() {
            return ledger.reusable(id) * ledger.blockSize();
        }
    }

    @Test
    void aLowerLevelTakesTheRoomOfAHigherOne() {
        TestRequest newcomer = waiting(9, 5);
        StepPlan plan = plan(levels(Map.of(1L, 2, 2L, 1)), 2, 10, List.of(running(1, 10, 9), running(2, 10, 9)),
                List.of(newcomer), NONE);
        assertThat(plan.preempted()).extracting(RequestView::id).containsExactly(1L);
        assertThat(plan.grants()).containsExactly(grant(newcomer, 5), grant(running(2, 10, 9), 1));
    }

    @Test
    void aLowerLevelTakesAsMuchMemoryAsItNeedsIfThereIsEnough() {
        // Four blocks, all held: 2 (level 1) + 1 (level 2) + 1 (level 3).
        List<TestRequest> runs = List.of(running(1, 20, 19), running(2, 10, 9), running(3, 10, 9));
        Map<Long, Integer> levels = Map.of(1L, 1, 2L, 2, 3L, 3, 8L, 1);
        StepPlan some = plan(levels(levels), 8, 4, runs, List.of(waiting(9, 30)), NONE);
        assertThat(some.preempted()).extracting(RequestView::id).containsExactly(3L, 2L);
        assertThat(some.grants()).extracting(each -> each.request().id()).containsExactly(9L, 1L);

        // A program of level 1 may not touch the other one of level 1, and two blocks are not enough for it.
        StepPlan none = plan(levels(levels), 8, 4, runs, List.of(waiting(8, 40)), NONE);
        assertThat(none.preempted()).isEmpty();
        assertThat(none.grants()).extracting(each -> each.request().id()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void nobodyTakesFromTheSameLevel() {
        StepPlan plan = plan(levels(Map.of()), 1, 10, List.of(running(5, 10, 9)), List.of(waiting(1, 5)), NONE);
        assertThat(plan.preempted()).isEmpty();
        assertThat(plan.grants()).extracting(each -> each.request().id()).containsExactly(5L);
    }

    /** Two turns of a session came first and third; between them came another program. */
    @Test
    void aTurnThatFollowsAnotherOneKeepsItsPlaceAndItsContext() {
        BlockLedger ledger = new BlockLedger(16, 4);
        Retention forEver = (request, view) -> Long.MAX_VALUE / 2;
        ProgramScheduler scheduler = new ProgramScheduler(ProgramOrder.arrival(), forEver);
        Asked turn = new Asked(1, 33, 0);
        scheduler.arrived(turn, 0);
        Asked other = new Asked(2, 40, 0);
        scheduler.arrived(other, 0);
        assertThat(scheduler.plan(new TestView(PLENTY, 1, ledger, NONE, List.of(), NONE)).grants())
                .containsExactly(grant(turn, 33));
        ledger.reserve(1, 33);
        turn.pauses(0, 1);
        scheduler.paused(turn, 0);
        Asked next = new Asked(3, 40, 0);
        next.program = 1;
        next.computed = ledger.handOver(1, 3, 33);
        scheduler.continued(turn, next, 5);
        StepPlan plan = scheduler.plan(new TestView(PLENTY, 8, ledger, NONE, List.of(), NONE));
        assertThat(plan.grants()).as("the older program, and there is no room for the other")
                .containsExactly(grant(next, 7));
        assertThat(plan.discarded()).isEmpty();
        // It can lose what it took over while it waits.
        Asked again = new Asked(4, 64, 0);
        ProgramScheduler strict = new ProgramScheduler(ProgramOrder.arrival(), forEver);
        again.program = 3;
        again.computed = ledger.handOver(3, 4, 33);
        strict.arrived(other, 0);
        strict.arrived(again, 0);
        assertThat(strict.plan(new TestView(PLENTY, 8, ledger, NONE, List.of(), NONE)).discarded())
                .containsExactly(again);
    }
}
