package io.augserve.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** 100 free tokens, of which 20 running requests need one each; steps of 0.05 s. */
class FreeRideTest {
    private static final long SECOND = 1_000_000_000;

    private final FreeRide ride = new FreeRide(100, 20, 0.05);

    @Test
    void promptsShareWhatIsLeft() {
        assertThat(ride.tokens(50, SECOND)).isEqualTo(50);
        ride.take(50);
        assertThat(ride.tokens(50, SECOND)).isEqualTo(30);
        ride.take(30);
        assertThat(ride.tokens(50, SECOND)).as("it waits for the next step").isZero();
    }

    @Test
    void decodingIsCountedAlready() {
        ride.take(1);
        assertThat(ride.tokens(80, SECOND)).isEqualTo(80);
        assertThat(ride.tokens(1, SECOND)).isEqualTo(1);
    }

    @Test
    void whoWouldBeLateDoesNotWait() {
        // 400 tokens are five rides, 0.25 s.
        assertThat(ride.tokens(400, SECOND / 4)).isEqualTo(80);
        assertThat(ride.tokens(400, SECOND / 4 - 1)).isEqualTo(400);
        assertThat(ride.tokens(400, -1)).as("late anyway").isEqualTo(80);
    }

    @Test
    void nobodyWaitsForAHandfulOfTokens() {
        assertThat(new FreeRide(51, 20, 0.05).tokens(400, SECOND)).isEqualTo(400);
        assertThat(new FreeRide(0, 20, 0.05).tokens(400, SECOND)).isEqualTo(400);
        ride.take(70);
        assertThat(ride.tokens(400, SECOND)).as("ten are left").isZero();
    }
}
