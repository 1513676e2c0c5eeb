package io.augserve.examples.gpucheck;

import io.augserve.request.OutputToken;
import io.augserve.request.TokenLogProb;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How far log-probabilities of two engines lie apart, over the tokens that both count among the most likely ones of a position.
 *
 * @param positions that were compared
 * @param worst largest difference
 * @param flipped positions with another first token, though the reference's first two lie further apart than twice the tolerance
 * @param strange positions at which fewer than half of the most likely tokens are the same
 */
record Comparison(int positions, double worst, int flipped, int strange) {
    static Comparison of(List<OutputToken> actual, List<OutputToken> reference, double tolerance) {
        if (actual.size() != reference.size()) {
            throw new CheckFailedException("expected " + reference.size() + " samples, got " + actual.size());
        }
        double worst = 0;
        int flipped = 0;
        int strange = 0;
        for (int i = 0; i < actual.size(); i++) {
            List<TokenLogProb> expected = reference.get(i).top();
            Map<Integer, Float> there = new HashMap<>();
            actual.get(i).top().forEach(token -> there.put(token.token(), token.logProb()));
            int both = 0;
            for (TokenLogProb token : expected) {
                Float other = there.get(token.token());
                if (other != null) {
                    both++;
                    double difference = Math.abs(other - token.logProb());
                    worst = difference <= worst ? worst : difference;
                }
            }
            strange += 2 * both < expected.size() ? 1 : 0;
            boolean clear = expected.get(0).logProb() - expected.get(1).logProb() > 2 * tolerance;
            flipped += clear && actual.get(i).token() != reference.get(i).token() ? 1 : 0;
        }
        return new Comparison(actual.size(), worst, flipped, strange);
    }

    boolean isWithin(double tolerance) {
        return worst <= tolerance && flipped == 0 && strange == 0;
    }
}
