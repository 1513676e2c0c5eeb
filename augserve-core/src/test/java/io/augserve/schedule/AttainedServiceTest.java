package io.augserve.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Levels by hand; the quantum is 2 s, the ratio 64. */
class AttainedServiceTest {
    private static final long SECOND = 1_000_000_000;

    private final AttainedService order = new AttainedService();
    private final TestRequest program = TestRequest.waiting(1, 10);

    /** It waits at 0 and runs from then to so many seconds. */
    private void serve(long seconds) {
        order.waits(program, 0);
        order.runs(program, 0);
        order.stops(program, seconds * SECOND);
    }

    @Test
    void levelsDoubleWithService() {
        order.waits(program, 0);
        assertThat(order.level(program, 100 * SECOND)).as("waiting is no service").isZero();
        order.runs(program, 100 * SECOND);
        assertThat(order.level(program, 102 * SECOND - 1)).isZero();
        assertThat(order.level(program, 102 * SECOND)).isEqualTo(1);
        assertThat(order.level(program, 104 * SECOND)).isEqualTo(2);
        assertThat(order.level(program, 108 * SECOND)).isEqualTo(3);
        assertThat(order.level(program, 116 * SECOND)).isEqualTo(4);
        assertThat(order.level(program, 1_000_000 * SECOND)).isEqualTo(AttainedService.LEVELS - 1);
    }

    @Test
    void serviceAddsUpOverSegmentsAndPausesDoNotCount() {
        serve(3);
        assertThat(order.level(program, 50 * SECOND)).as("its tools are out").isEqualTo(1);
        order.waits(program, 60 * SECOND);
        order.runs(program, 61 * SECOND);
        assertThat(order.level(program, 62 * SECOND - 1)).isEqualTo(1);
        assertThat(order.level(program, 62 * SECOND)).isEqualTo(2);
        order.left(program);
        assertThat(order.level(program, 62 * SECOND)).isZero();
    }

    @Test
    void waitingLongEnoughBringsItToTheTopWithAFreshQuantum() {
        serve(3);
        order.waits(program, 10 * SECOND);
        // 64 times 3 s of service.
        assertThat(order.risen(202 * SECOND - 1)).isEmpty();
        assertThat(order.risen(202 * SECOND)).containsExactly(program);
        assertThat(order.risen(900 * SECOND)).isEmpty();
        assertThat(order.level(program, 900 * SECOND)).isZero();
        order.runs(program, 900 * SECOND);
        assertThat(order.level(program, 902 * SECOND - 1)).isZero();
        assertThat(order.level(program, 902 * SECOND)).isEqualTo(1);
    }

    @Test
    void waitsAddUpToo() {
        serve(3);
        order.waits(program, 10 * SECOND);
        order.runs(program, 110 * SECOND);
        order.stops(program, 111 * SECOND);
        // 4 s served, 100 s waited: 156 s are left of 256.
        order.waits(program, 200 * SECOND);
        assertThat(order.risen(356 * SECOND - 1)).isEmpty();
        assertThat(order.risen(356 * SECOND)).containsExactly(program);
    }

    @Test
    void nobodyIsPromotedOutOfAFormerWait() {
        serve(3);
        order.waits(program, 10 * SECOND);
        order.runs(program, 11 * SECOND);
        assertThat(order.risen(1_000 * SECOND)).isEmpty();
        order.left(program);
        assertThat(order.risen(2_000 * SECOND)).isEmpty();
    }

    @Test
    void aTurnThatFollowsAnotherOneGoesOnWithItsService() {
        Asked turn = new Asked(1, 10, 0);
        Asked next = new Asked(2, 20, 60);
        next.program = 1;
        order.waits(turn, 0);
        order.runs(turn, 0);
        order.stops(turn, 3 * SECOND);
        order.waits(next, 60 * SECOND);
        assertThat(order.level(next, 61 * SECOND)).isEqualTo(1);
        order.runs(next, 61 * SECOND);
        assertThat(order.level(next, 62 * SECOND)).isEqualTo(2);
        order.left(next);
        assertThat(order.level(new Asked(1, 10, 0), 62 * SECOND)).isZero();
    }
}
