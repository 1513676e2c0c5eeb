package io.augserve.serving;

import io.augserve.observe.KvPlace;
import io.augserve.observe.ObservedRequest;
import io.augserve.observe.Phase;
import java.time.Duration;
import java.util.List;

/** What the observer was last told of one request. */
final class Sight {
    final ObservedRequest request;
    Phase phase = Phase.QUEUED;
    KvPlace kv = KvPlace.NONE;
    /** Device blocks that it holds while it is paused. */
    int retained;
    boolean scheduled;
    long pausedSince;
    List<String> tools = List.of();
    Duration predicted = Duration.ZERO;

    Sight(ObservedRequest request) {
        this.request = request;
    }
}
