package io.augserve.serving;

import io.augserve.schedule.RequestListener;
import io.augserve.schedule.RequestState;

/**
 * A reader that lets too many events pile up pauses its own request, and nobody else's: to the scheduler it is a pause like those for
 * tools, with the KV to be kept, swapped or given up. The request goes on when half of the buffer is free again.
 */
final class SlowReaders {
    private final RequestQueues queues;
    private final RequestListener listener;

    SlowReaders(RequestQueues queues, RequestListener listener) {
        this.queues = queues;
        this.listener = listener;
    }

    /** Whether a request whose tools are back must stay paused for its reader. */
    boolean keep(ServingRequest request) {
        request.stalled = request.handle.events().awaitsRoom();
        return request.stalled;
    }

    /** Pauses a running request if its reader has too much to read. */
    void look(ServingRequest request, long now) {
        if (keep(request)) {
            queues.move(request, RequestState.PAUSED, now);
            listener.paused(request, now);
        }
    }

    /** The reader has caught up. */
    void ready(ServingRequest request, long now) {
        if (request.stalled) {
            request.stalled = false;
            queues.move(request, RequestState.WAITING, now);
            listener.returned(request, now);
        }
    }
}
