package io.augserve.jmh;

import io.augserve.predict.SegmentEstimate;
import io.augserve.request.ServiceLevel;
import io.augserve.schedule.RequestState;
import io.augserve.schedule.RequestView;
import java.util.List;

/**
 * A request as a scheduler sees it, written down.
 *
 * @param id ascending in the order of arrival
 * @param state where it stands
 * @param knownTokens prompt and output
 * @param computedTokens of these
 */
record PlannedRequest(long id, RequestState state, int knownTokens, int computedTokens) implements RequestView {
    @Override
    public long arrivalNanos() {
        return id;
    }

    @Override
    public long stateSinceNanos() {
        return id;
    }

    @Override
    public int priority() {
        return 0;
    }

    @Override
    public ServiceLevel serviceLevel() {
        return ServiceLevel.DEFAULT;
    }

    @Override
    public int outputTokens() {
        return 0;
    }

    @Override
    public SegmentEstimate estimate() {
        return SegmentEstimate.UNKNOWN;
    }

    @Override
    public int segment() {
        return 0;
    }

    @Override
    public String name() {
        return "request-" + id;
    }

    @Override
    public String kind() {
        return "";
    }

    @Override
    public int promptTokens() {
        return knownTokens;
    }

    @Override
    public int segmentOutputTokens() {
        return 0;
    }

    @Override
    public List<String> toolsOut() {
        return List.of();
    }

    @Override
    public int preemptions() {
        return 0;
    }
}
