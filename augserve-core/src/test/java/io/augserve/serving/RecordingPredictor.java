package io.augserve.serving;

import io.augserve.predict.Predictor;
import io.augserve.predict.RequestFacts;
import io.augserve.predict.SegmentEstimate;
import java.util.ArrayList;
import java.util.List;

/** Writes down what it is asked and told. */
final class RecordingPredictor implements Predictor {
    final List<String> calls = new ArrayList<>();
    boolean broken;

    @Override
    public SegmentEstimate estimate(RequestFacts request) {
        if (broken) {
            throw new IllegalStateException("no idea");
        }
        calls.add("estimate " + request.kind() + " segment " + request.segment() + " tools " + request.toolsOut());
        return new SegmentEstimate(10, 1, 1);
    }

    @Override
    public void segmentEnded(RequestFacts request, boolean called) {
        calls.add("ended segment " + request.segment() + " after " + request.segmentOutputTokens() + " tokens"
                + (called ? " by calls" : ""));
    }

    @Override
    public void toolsReturned(RequestFacts request, double seconds, int returnedTokens) {
        calls.add("returned from segment " + request.segment() + " " + request.toolsOut() + " after " + seconds
                + " s with " + returnedTokens + " tokens");
    }
}
