package io.augserve.serving;

import io.augserve.schedule.RequestState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/**
 * Every live request, in the one queue that its state says. A request joins and leaves in constant time, from wherever it stands: queues of
 * those that wait or are paused may be long. The running set is small and can be indexed, so leaving it is a walk.
 */
final class RequestQueues {
    private final Observation observation;
    private final Map<Long, ServingRequest> live = new LinkedHashMap<>();
    private final List<ServingRequest> running = new ArrayList<>();
    private final SequencedSet<ServingRequest> waiting = new LinkedHashSet<>();
    private final SequencedSet<ServingRequest> paused = new LinkedHashSet<>();

    /** @param observation told of every move */
    RequestQueues(Observation observation) {
        this.observation = observation;
    }

    /** A new request waits from its arrival on. */
    void add(ServingRequest request) {
        live.put(request.id(), request);
        waiting.add(request);
    }

    /** Moves a request to the tail of the queue of another state. */
    void move(ServingRequest request, RequestState next, long now) {
        queue(request.state()).remove(request);
        request.enter(next, now);
        if (next == RequestState.FINISHED) {
            live.remove(request.id());
        } else {
            queue(next).add(request);
        }
        observation.look(request, now);
    }

    /** Puts a running request that lost its KV before all that wait. */
    void moveToHead(ServingRequest request, long now) {
        running.remove(request);
        request.enter(RequestState.WAITING, now);
        waiting.addFirst(request);
        observation.look(request, now);
    }

    private Collection<ServingRequest> queue(RequestState state) {
        return switch (state) {
            case RUNNING -> running;
            case WAITING -> waiting;
            case PAUSED -> paused;
            case FINISHED -> throw new IllegalStateException("a finished request is in no queue");
        };
    }

    @Nullable
    ServingRequest find(long id) {
        return live.get(id);
    }

    List<ServingRequest> all() {
        return List.copyOf(live.values());
    }

    int size() {
        return live.size();
    }

    /** Requests that a step could serve. */
    int runnable() {
        return running.size() + waiting.size();
    }

    List<ServingRequest> running() {
        return running;
    }

    SequencedSet<ServingRequest> waiting() {
        return waiting;
    }

    SequencedSet<ServingRequest> paused() {
        return paused;
    }
}
