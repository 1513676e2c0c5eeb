package io.augserve.examples.openai;

import com.google.gson.JsonArray;
import io.augserve.observe.KvPlace;
import io.augserve.observe.ObservedRequest;
import io.augserve.observe.Phase;
import io.augserve.observe.ServerEvent;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The requests that are drawn. Each has a lane of its own from its arrival to its end, and then the lane is another one's. A turn that is
 * parked keeps its lane until another request needs it; who comes when all are taken is not drawn. What happened in them is kept for as many changes as a page shows. Confined to the feed's lock.
 */
final class LiveLanes {
    /** How many there are. */
    static final int LANES = 40;
    private static final int MOST_KEPT = 4_000;

    private final Map<Long, Integer> laneOf = new HashMap<>();
    /** Turns that ended in calls of the client's, as long as what they computed is kept; who was first is first. */
    private final SequencedMap<Long, ObservedRequest> parked = new LinkedHashMap<>();
    private final BitSet taken = new BitSet(LANES);
    private final Deque<Change> changes = new ArrayDeque<>();
    private long latest;
    private int inHouse;

    /** From now on, the request in this lane does this. */
    private record Change(long number, long millis, int lane, String name, Phase phase, KvPlace kv) {}

    void observe(ServerEvent event, long millis) {
        switch (event) {
            case ServerEvent.RequestAdmitted admitted -> {
                inHouse++;
                if (taken.cardinality() == LANES && !parked.isEmpty()) {
                    ObservedRequest longest = parked.firstEntry().getValue();
                    add(millis, longest, Phase.FINISHED, KvPlace.NONE);
                    free(longest);
                }
                int lane = taken.nextClearBit(0);
                if (lane < LANES) {
                    taken.set(lane);
                    laneOf.put(admitted.request().id(), lane);
                    add(millis, admitted.request(), Phase.QUEUED, KvPlace.NONE);
                }
            }
            case ServerEvent.PhaseChanged changed -> {
                add(millis, changed.request(), changed.to(), changed.kv());
                if (changed.to() == Phase.FINISHED) {
                    free(changed.request());
                }
            }
            case ServerEvent.RequestFinished finished -> {
                inHouse--;
                // Whose context stays for the request that follows.
                if (laneOf.containsKey(finished.request().id())) {
                    parked.put(finished.request().id(), finished.request());
                }
            }
            default -> {
                // Not drawn.
            }
        }
    }

    private void free(ObservedRequest request) {
        Integer lane = laneOf.remove(request.id());
        if (lane != null) {
            taken.clear(lane);
            parked.remove(request.id());
        }
    }

    private void add(long millis, ObservedRequest request, Phase phase, KvPlace kv) {
        Integer lane = laneOf.get(request.id());
        if (lane == null) {
            return;
        }
        changes.add(new Change(++latest, millis, lane, request.name(), phase, kv));
        if (changes.size() > MOST_KEPT) {
            changes.remove();
        }
    }

    /** Requests in the house, drawn or not. */
    int inHouse() {
        return inHouse;
    }

    /** Number of the latest change. */
    long latest() {
        return latest;
    }

    /** {@code [milliseconds, lane, request, phase, place of its KV]} of the changes after one, oldest first; the latest ones if there are more. */
    JsonArray since(long number, int most) {
        JsonArray array = new JsonArray();
        long from = Math.max(number, latest - most);
        for (Change change : changes) {
            if (change.number() > from) {
                JsonArray entry = new JsonArray();
                entry.add(change.millis());
                entry.add(change.lane());
                entry.add(change.name());
                entry.add(change.phase().name());
                entry.add(change.kv().name());
                array.add(entry);
            }
        }
        return array;
    }
}
