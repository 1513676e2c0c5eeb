package io.augserve.schedule;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.Consumer;

/**
 * Requests whose tools are out: those that have just paused, and when to look at one again. A plan touches nobody else, however many are
 * paused.
 */
final class Pauses {
    private final List<RequestView> fresh = new ArrayList<>();
    private final PriorityQueue<Visit> visits = new PriorityQueue<>(Comparator.comparingLong(Visit::nanos));
    /** The pause in which a request is. */
    private final Map<Long, Long> current = new HashMap<>();
    private long count;

    /** A time to look again; outdated if the request has left that pause. */
    private record Visit(long nanos, RequestView request, long pause) {}

    /** Its tools are out. */
    void begins(RequestView request) {
        current.put(request.id(), count++);
        fresh.add(request);
    }

    /** Its pause is over; whether there was one. */
    boolean ends(RequestView request) {
        boolean paused = current.remove(request.id()) != null;
        if (paused) {
            fresh.remove(request);
        }
        return paused;
    }

    /** Hands over those that have paused since the last time. */
    void takeFresh(Consumer<RequestView> action) {
        fresh.forEach(action);
        fresh.clear();
    }

    /** Asks for a paused request to be looked at, on the server's ticker, if it is still in this pause then. */
    void lookAgain(RequestView request, long nanos) {
        visits.add(new Visit(nanos, request, requireNonNull(current.get(request.id()))));
    }

    /** Hands over those to be looked at by now. */
    void takeDue(long now, Consumer<RequestView> action) {
        for (Visit next = visits.peek(); next != null && next.nanos() <= now; next = visits.peek()) {
            visits.remove();
            Long pause = current.get(next.request().id());
            if (pause != null && pause == next.pause()) {
                action.accept(next.request());
            }
        }
    }
}
