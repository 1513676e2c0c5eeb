package io.augserve.serving;

import io.augserve.engine.KvCache;
import io.augserve.schedule.RequestState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What must hold between two duty cycles, as a pure function of the state. */
final class Invariants {
    private Invariants() {}

    static List<String> violations(RequestQueues queues, KvCache kv) {
        List<String> found = new ArrayList<>();
        Set<Long> queued = new HashSet<>();
        checkQueue(queues.running(), RequestState.RUNNING, queued, found);
        checkQueue(queues.waiting(), RequestState.WAITING, queued, found);
        checkQueue(queues.paused(), RequestState.PAUSED, queued, found);
        int held = 0;
        int heldByHost = 0;
        for (ServingRequest request : queues.all()) {
            if (!queued.contains(request.id())) {
                found.add(request + " is in no queue");
            }
            int blocks = kv.held(request.id());
            held += blocks;
            if (request.computedTokens() > request.knownTokens()) {
                found.add(request + " has computed more than it knows");
            }
            int hosted = kv.hostHeld(request.id());
            heldByHost += hosted;
            if (kv.exclusive(request.id()) > blocks) {
                found.add(request + " holds " + blocks + " blocks, " + kv.exclusive(request.id()) + " of them alone");
            }
            if (kv.blocksFor(request.computedTokens()) != blocks + hosted) {
                found.add(request + " holds " + blocks + " blocks and " + hosted + " in host memory");
            }
            int reusable = kv.reusable(request.id());
            if (reusable > kv.capacity() || (reusable > 0 && blocks + hosted > 0)) {
                found.add(request + " could reuse " + reusable + " blocks of " + kv.capacity() + ", it holds "
                        + (blocks + hosted));
            }
            if (request.parked && (request.pause == null || !request.pause.invocations.isEmpty())) {
                found.add(request + " is parked without a pause, or with calls of its own");
            }
            if (request.pause != null && request.stalled) {
                found.add(request + " waits for its calls and its reader at once");
            }
            if ((request.state() == RequestState.PAUSED) != (request.pause != null || request.stalled)) {
                found.add(request + " waits for its calls or its reader exactly when it is not paused");
            }
        }
        if (held + kv.free() != kv.capacity() + kv.shared()) {
            found.add(held + " blocks held + " + kv.free() + " free is not the capacity " + kv.capacity() + " + "
                    + kv.shared() + " shared");
        }
        if (heldByHost + kv.hostFree() != kv.hostCapacity()) {
            found.add(heldByHost + " blocks held in host memory + " + kv.hostFree() + " free is not the capacity "
                    + kv.hostCapacity());
        }
        return found;
    }

    private static void checkQueue(Collection<ServingRequest> queue, RequestState state, Set<Long> queued,
            List<String> found) {
        for (ServingRequest request : queue) {
            if (request.state() != state) {
                found.add(request + " is in the queue of those " + state);
            }
            if (!queued.add(request.id())) {
                found.add(request + " is queued twice");
            }
        }
    }
}
