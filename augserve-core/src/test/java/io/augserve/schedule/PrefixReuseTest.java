package io.augserve.schedule;

import static io.augserve.schedule.TestRequest.running;
import static io.augserve.schedule.TestRequest.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Requests that begin alike compute what they share once; blocks of 16 tokens. */
class PrefixReuseTest {
    private final Scheduler scheduler = FcfsScheduler.reusing();

    /** Requests with even ids begin with the same {@code common} blocks, those with odd ids are of their own; nothing is reusable yet. */
    private record EvenOnesAlike(int common) implements PlainCache {
        @Override
        public boolean beginAlike(long sequence, long other, int blocks) {
            return sequence % 2 == 0 && other % 2 == 0 && blocks <= common;
        }
    }

    private List<StepPlan.Grant> grants(Scheduler by, int common, int maxRunning, List<TestRequest> running,
            TestRequest... waiting) {
        return by.plan(new TestView(200, maxRunning, new EvenOnesAlike(common), running, List.of(waiting), List.of()))
                .grants();
    }

    private static StepPlan.Grant grant(RequestView request, int tokens) {
        return new StepPlan.Grant(request, tokens);
    }

    @Test
    void theFirstComputesAndTheOthersWait() {
        TestRequest first = waiting(2, 40);
        TestRequest stranger = waiting(5, 30);
        assertThat(grants(scheduler, 2, 8, List.of(), first, waiting(4, 40), stranger, waiting(6, 40)))
                .containsExactly(grant(first, 40), grant(stranger, 30));
    }

    @Test
    void aRequestThatRunsIsWaitedForUntilItIsPastTheSharedBlocks() {
        TestRequest follower = waiting(4, 40);
        TestRequest before = running(2, 40, 15);
        TestRequest past = running(2, 40, 16);
        assertThat(grants(scheduler, 2, 8, List.of(before), follower)).containsExactly(grant(before, 25));
        assertThat(grants(scheduler, 2, 8, List.of(past), follower)).containsExactly(grant(past, 24),
                grant(follower, 40));
    }

    /** A sampled token needs the last known one computed, so of 16 known tokens none can be reused. */
    @Test
    void whatCouldNotBeReusedIsNotWaitedFor() {
        TestRequest first = waiting(2, 40);
        TestRequest oneBlock = waiting(4, 16);
        TestRequest otherwise = waiting(6, 40);
        assertThat(grants(scheduler, 2, 8, List.of(), first, oneBlock)).contains(grant(oneBlock, 16));
        assertThat(grants(scheduler, 0, 8, List.of(), first, otherwise)).contains(grant(otherwise, 40));
    }

    @Test
    void thoseWhoWaitCountAgainstTheRunningSet() {
        TestRequest first = waiting(2, 40);
        assertThat(grants(scheduler, 2, 2, List.of(), first, waiting(4, 40), waiting(5, 30)))
                .containsExactly(grant(first, 40));
    }

    @Test
    void whoRecomputesEverythingWaitsForNobody() {
        TestRequest first = waiting(2, 40);
        TestRequest second = waiting(4, 40);
        assertThat(grants(FcfsScheduler.recomputing(), 2, 8, List.of(), first, second))
                .containsExactly(grant(first, 40), grant(second, 40));
    }
}
