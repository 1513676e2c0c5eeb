package io.augserve.schedule;

import io.augserve.predict.SegmentEstimate;
import io.augserve.request.ServiceLevel;
import java.util.List;

/** A request of which a scheduler knows nothing but its state and its tokens. */
interface PlainView extends RequestView {
    @Override
    default long arrivalNanos() {
        return id();
    }

    @Override
    default long stateSinceNanos() {
        return id();
    }

    @Override
    default long toolNanos() {
        return 0;
    }

    @Override
    default int outputTokensOf(int segment) {
        return segmentOutputTokens();
    }

    @Override
    default int priority() {
        return 0;
    }

    @Override
    default ServiceLevel serviceLevel() {
        return ServiceLevel.DEFAULT;
    }

    @Override
    default int outputTokens() {
        return 0;
    }

    @Override
    default int segment() {
        return 0;
    }

    @Override
    default int preemptions() {
        return 0;
    }

    @Override
    default SegmentEstimate estimate() {
        return SegmentEstimate.UNKNOWN;
    }

    @Override
    default String name() {
        return "request-" + id();
    }

    @Override
    default String kind() {
        return "";
    }

    @Override
    default int promptTokens() {
        return knownTokens();
    }

    @Override
    default int segmentOutputTokens() {
        return 0;
    }

    @Override
    default List<String> toolsOut() {
        return List.of();
    }
}
