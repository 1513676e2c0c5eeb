package io.augserve.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class OnlinePredictorTest {
    private final Predictor predictor = Predictor.online();

    private record Facts(String kind, int segment, int segmentOutputTokens, List<String> toolsOut)
            implements
                RequestFacts {
        @Override
        public long id() {
            return 1;
        }

        @Override
        public String name() {
            return "request";
        }

        @Override
        public int promptTokens() {
            return 100;
        }

        /** Every segment before this one had as many, and every call returned ten. */
        @Override
        public int outputTokens() {
            return (segment + 1) * segmentOutputTokens;
        }

        @Override
        public int outputTokensOf(int earlier) {
            return segmentOutputTokens;
        }

        @Override
        public int knownTokens() {
            return 100 + outputTokens() + 10 * segment;
        }
    }

    private static Facts at(String kind, int segment, int tokens, String... tools) {
        return new Facts(kind, segment, tokens, List.of(tools));
    }

    @Test
    void beforeAnythingIsSeenThePriorHolds() {
        assertThat(predictor.estimate(at("a", 0, 0))).isEqualTo(new SegmentEstimate(64, 0.5, 16));
        assertThat(predictor.estimate(at("a", 0, 0, "search"))).isEqualTo(new SegmentEstimate(64, 1, 32));
    }

    @Test
    void theNarrowestGroupWithEnoughObservationsCounts() {
        for (int tokens : new int[]{10, 20, 30}) {
            predictor.segmentEnded(at("a", 0, tokens), true);
        }
        predictor.segmentEnded(at("a", 1, 100), false);
        // First segments of a: mean 20, and each called.
        assertThat(predictor.estimate(at("a", 0, 0)).outputTokens()).isEqualTo(20);
        // One later segment is not enough; all of a: (10 + 20 + 30 + 100) / 4.
        assertThat(predictor.estimate(at("a", 5, 0)).outputTokens()).isEqualTo(40);
        // Nothing of b; everything: 40.
        assertThat(predictor.estimate(at("b", 0, 0)).outputTokens()).isEqualTo(40);
    }

    @Test
    void toolsAreToldApartAndTheSlowestOfATurnCounts() {
        for (int i = 0; i < 5; i++) {
            predictor.toolsReturned(at("a", 0, 9, "fast"), 0.1, 10);
            predictor.toolsReturned(at("a", 0, 9, "slow"), 30, 50);
        }
        SegmentEstimate fast = predictor.estimate(at("a", 0, 9, "fast"));
        assertThat(fast.toolSeconds()).isCloseTo(0.1, within(1e-9));
        assertThat(fast.returnedTokens()).isCloseTo(10, within(1e-9));
        SegmentEstimate both = predictor.estimate(at("a", 0, 9, "fast", "slow"));
        assertThat(both.toolSeconds()).isCloseTo(30, within(1e-9));
        assertThat(both.returnedTokens()).isCloseTo(60, within(1e-9));
        // Of another kind, the tool is still known by its name.
        assertThat(predictor.estimate(at("b", 0, 9, "slow")).toolSeconds()).isCloseTo(30, within(1e-9));
    }

    @Test
    void oldObservationsFade() {
        for (int i = 0; i < 1000; i++) {
            predictor.segmentEnded(at("a", 0, 10), false);
        }
        for (int i = 0; i < 1000; i++) {
            predictor.segmentEnded(at("a", 0, 110), false);
        }
        assertThat(predictor.estimate(at("a", 0, 0)).outputTokens()).isBetween(105.0, 110.0);
    }

    @Test
    void whatFollowsASegmentIsLearntFromRequestsThatEnded() {
        assertThat(predictor.estimate(at("a", 0, 0)).later()).isEqualTo(Outlook.NONE);
        for (int i = 0; i < 3; i++) {
            // Three segments of 20 tokens, with two calls that returned 10 each: a third of a token for each token of output.
            predictor.segmentEnded(at("a", 2, 20), false);
        }
        assertThat(predictor.estimate(at("a", 0, 5)).later().outputTokens()).isCloseTo(40, within(1e-9));
        assertThat(predictor.estimate(at("a", 0, 5)).later().returnedTokens()).isCloseTo(40 / 3.0, within(1e-9));
        assertThat(predictor.estimate(at("a", 1, 5, "search")).later().outputTokens()).isCloseTo(20, within(1e-9));
        assertThat(predictor.estimate(at("a", 2, 5)).later().outputTokens()).isZero();
        // Nobody got as far as this: the mean over the three places, (40 + 20 + 0) / 3.
        assertThat(predictor.estimate(at("a", 7, 5)).later().outputTokens()).isCloseTo(20, within(1e-9));
        assertThat(predictor.estimate(at("b", 0, 5)).later()).isEqualTo(Outlook.NONE);
    }
}
