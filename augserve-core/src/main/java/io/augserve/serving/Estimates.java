package io.augserve.serving;

import io.augserve.predict.Predictor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the predictor and tells it what really happened. A predictor that throws costs its estimate and nothing else. */
final class Estimates {
    private static final Logger LOG = LoggerFactory.getLogger(Estimates.class);

    private final Predictor predictor;

    Estimates(Predictor predictor) {
        this.predictor = predictor;
    }

    /** Stage I: the request has arrived. */
    void arrived(ServingRequest request) {
        estimate(request);
    }

    /** The segment has ended in calls, which are out. */
    void paused(ServingRequest request) {
        guarded(() -> predictor.segmentEnded(request, true));
        estimate(request);
    }

    /** The calls are back; the request still stands in the segment that made them. */
    void returned(ServingRequest request, long nanos, int tokens) {
        guarded(() -> predictor.toolsReturned(request, nanos / 1e9, tokens));
    }

    /** Stage II: the request has entered its next segment. */
    void resumed(ServingRequest request) {
        estimate(request);
    }

    /** The model has ended its last segment by itself. */
    void stopped(ServingRequest request) {
        guarded(() -> predictor.segmentEnded(request, false));
    }

    private void estimate(ServingRequest request) {
        guarded(() -> request.estimate(predictor.estimate(request)));
    }

    private static void guarded(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException e) {
            LOG.warn("the predictor failed", e);
        }
    }
}
