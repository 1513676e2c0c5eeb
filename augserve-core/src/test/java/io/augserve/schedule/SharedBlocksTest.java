package io.augserve.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.predict.CostModel;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Whose blocks others share gives back less than it holds. */
class SharedBlocksTest {
    private static final int HELD = 5;
    private static final int EXCLUSIVE = 2;
    private static final int FREE = 3;

    /** Everybody holds five blocks, three of them with others. */
    private static final class SharingCache implements PlainCache {
        @Override
        public int free() {
            return FREE;
        }

        @Override
        public int held(long sequence) {
            return HELD;
        }

        @Override
        public int exclusive(long sequence) {
            return EXCLUSIVE;
        }

        @Override
        public int hostFree() {
            return 50;
        }
    }

    private final TestRequest first = TestRequest.running(1, 80, 79);
    private final TestRequest second = TestRequest.running(2, 80, 79);
    private final TestView view = new TestView(100, 10, new SharingCache(), List.of(first, second), List.of(),
            List.of());

    @Test
    void aDraftCountsOnExclusiveBlocksAlone() {
        PlanDraft draft = new PlanDraft(view);
        draft.preempt(first);
        assertThat(draft.free()).isEqualTo(FREE + EXCLUSIVE);
        draft.swapOut(second, HELD);
        assertThat(draft.free()).isEqualTo(FREE + 2 * EXCLUSIVE);
        draft.discard(TestRequest.paused(3, 80));
        assertThat(draft.free()).isEqualTo(FREE + 3 * EXCLUSIVE);
        draft.swapOut(TestRequest.paused(4, 80), 1);
        assertThat(draft.free()).isEqualTo(FREE + 3 * EXCLUSIVE + 1);
    }

    @Test
    void fcfsPreemptsUntilWhatReallyBecomesFreeIsEnough() {
        // The first lacks four blocks more than are free: the two of the second are not enough, so both go.
        TestRequest growing = TestRequest.running(1, 80 + 7 * 16, 80);
        TestView tight = new TestView(200, 10, new SharingCache(), List.of(growing, second), List.of(), List.of());
        assertThat(FcfsScheduler.reusing().plan(tight).preempted()).containsExactly(second, growing);
    }

    /** Found by serving a model whose cache shares blocks: the plan counted on all that a holder held, and the server failed. */
    @Test
    void whatHoldersShareMakesNoRoomForANewcomer() {
        TestRequest holder = new TestRequest(5, RequestState.WAITING, 90, 80);
        // Holds five blocks of eleven; three are free, and two become free.
        TestRequest newcomer = new TestRequest(3, RequestState.WAITING, 11 * 16, 0);
        RankedScheduler scheduler = new RankedScheduler(RequestOrder.arrival(), new CostModel(0.032, 0, 0),
                Eviction.recompute(), Integer.MAX_VALUE);
        scheduler.returned(holder, 0);
        scheduler.arrived(newcomer, 0);
        StepPlan plan = scheduler.plan(
                new TestView(1_000, 10, new SharingCache(), List.of(first), List.of(holder, newcomer), List.of()));
        assertThat(plan.grants()).extracting(StepPlan.Grant::request).doesNotContain(newcomer);
    }
}
