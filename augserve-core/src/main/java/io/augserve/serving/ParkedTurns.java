package io.augserve.serving;

import io.augserve.engine.KvCache;
import io.augserve.request.FinishReason;
import io.augserve.request.GenerationResult;
import io.augserve.request.SessionRetention;
import io.augserve.schedule.RequestState;
import io.augserve.schedule.Scheduler;
import io.augserve.tool.ToolCall;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns that ended in calls which their callers run, kept for the requests that follow with the results: sessions across turns.
 *
 * <p>To its caller and to the house such a turn is over. To the scheduler it is a paused request, and what becomes of its KV is decided as for
 * any other whose tools are out. Three things can happen to it. A request <em>follows</em> it ({@link SessionIndex} knows how): that one takes
 * over the KV of the tokens with which both begin, all but the last of its own, and is the next segment of the same program; the time in
 * between is what the calls took, and the predictor is told. Or its calls are out for longer than {@link SessionRetention} allows: first its
 * KV goes, then the turn. Or there are too many: then the one that has been parked longest goes. Nobody is told in these cases, because
 * nobody counts on it: a request that follows nothing computes its prompt.
 */
final class ParkedTurns {
    private static final Logger LOG = LoggerFactory.getLogger(ParkedTurns.class);

    private final SessionRetention retention;
    private final RequestQueues queues;
    private final Scheduler scheduler;
    private final KvCache kv;
    private final Estimates estimates;
    private final RequestEnds ends;
    private final Observation observation;
    private final SessionIndex index = new SessionIndex();
    /** By id, the one parked longest ago first. */
    private final SequencedMap<Long, Parked> turns = new LinkedHashMap<>();
    private final NavigableSet<Parked> due = new TreeSet<>(
            Comparator.<Parked>comparingLong(Parked::at).thenComparingLong(parked -> parked.turn().id()));

    /**
     * A turn and the next time at which it loses something.
     *
     * @param at when, on the server's ticker
     * @param end when it is forgotten; before that, its KV is given up
     */
    private record Parked(ServingRequest turn, long at, long end) {}

    ParkedTurns(LoopConfig config, RequestQueues queues, Estimates estimates, RequestEnds ends,
            Observation observation) {
        this.retention = config.sessions();
        this.queues = queues;
        this.scheduler = config.scheduler();
        this.kv = config.engine().kvCache();
        this.estimates = estimates;
        this.ends = ends;
        this.observation = observation;
    }

    /** The turn of a request has ended in calls that its caller runs: its handle is completed, and it is parked if that is wanted. */
    void handOver(ServingRequest request, List<ToolCall> calls, long now) {
        if (retention.maxTurns() == 0) {
            ends.handOver(request, calls);
            return;
        }
        if (turns.size() >= retention.maxTurns()) {
            forget(turns.firstEntry().getValue());
        }
        GenerationResult result = RequestEnds.result(request, FinishReason.TOOL_CALLS, calls, now);
        queues.move(request, RequestState.PAUSED, now);
        request.segments.add(result.segments().getLast());
        request.pause = new Pause(calls.stream().map(ToolCall::name).toList());
        request.parked = true;
        estimates.paused(request);
        observation.pauseBegan(request, request.pause.tools(), now);
        scheduler.paused(request, now);
        park(request, now);
        // Last of all: whoever hears of it may follow at once.
        ends.handedOver(request, result);
    }

    private void park(ServingRequest turn, long now) {
        long longest = retention.longest().toNanos();
        double expected = retention.patience() * turn.estimate().toolSeconds() * 1e9;
        long kept = Math.clamp(Math.round(expected), retention.shortest().toNanos(), longest);
        add(new Parked(turn, now + kept, now + longest));
        index.add(turn);
    }

    private void add(Parked parked) {
        turns.put(parked.turn().id(), parked);
        due.add(parked);
    }

    private void remove(Parked parked) {
        turns.remove(parked.turn().id());
        due.remove(parked);
        index.remove(parked.turn());
    }

    private void forget(Parked parked) {
        remove(parked);
        ends.forget(parked.turn());
    }

    /**
     * Lets a request that has just been queued take the place of the parked turn that it follows, if there is one, and tells the scheduler and
     * the predictor.
     *
     * @return false if it follows none; nobody has been told of it then
     */
    boolean rejoin(ServingRequest request, long now) {
        Optional<SessionIndex.Match> match = turns.isEmpty() ? Optional.empty() : index.find(request);
        if (match.isEmpty()) {
            return false;
        }
        ServingRequest turn = match.get().turn();
        int common = match.get().common();
        Parked parked = turns.get(turn.id());
        if (parked != null) {
            remove(parked);
        }
        int given = request.knownTokens() - common;
        estimates.returned(turn, Math.max(0, now - turn.stateSinceNanos()), given);
        request.follows(turn, given);
        takeOver(turn, request, Math.min(common, request.knownTokens() - 1));
        observation.pauseEnded(turn, true, now);
        ends.vanish(turn, now);
        observation.look(request, now);
        estimates.arrived(request);
        scheduler.continued(turn, request, now);
        return true;
    }

    private void takeOver(ServingRequest turn, ServingRequest request, int common) {
        // What holds nothing may have something to be reused.
        int tokens = turn.computedTokens() == 0 ? common : Math.min(common, turn.computedTokens());
        try {
            request.takesOver(kv.handOver(turn.id(), request.id(), tokens));
        } catch (RuntimeException e) {
            LOG.error("{} computes anew what {} had computed", request, turn, e);
            kv.release(request.id());
        }
    }

    /** Gives up what is due; returns how many turns lost something. */
    int expire(long now) {
        int expired = 0;
        while (!due.isEmpty() && due.first().at() - now <= 0) {
            Parked parked = due.removeFirst();
            if (parked.at() == parked.end()) {
                forget(parked);
            } else {
                kv.retire(parked.turn().id(), parked.turn().computedTokens());
                parked.turn().loseKv();
                observation.look(parked.turn(), now);
                add(new Parked(parked.turn(), parked.end(), parked.end()));
            }
            expired++;
        }
        return expired;
    }

    /** Nanoseconds until something is due; {@link Long#MAX_VALUE} if nothing is parked. */
    long untilNextDeadline(long now) {
        return due.isEmpty() ? Long.MAX_VALUE : Math.max(0, due.first().at() - now);
    }

    /** Nobody will follow any more. */
    void forgetAll() {
        List.copyOf(turns.values()).forEach(this::forget);
    }

    /** What is wrong with them; every request that says it is parked is one of these. */
    List<String> violations() {
        List<String> found = new ArrayList<>();
        long parked = queues.paused().stream().filter(request -> request.parked).count();
        if (parked != turns.size() || due.size() != turns.size() || turns.size() > retention.maxTurns()) {
            found.add(parked + " requests are parked, " + turns.size() + " turns are known, " + due.size()
                    + " have a deadline, at most " + retention.maxTurns());
        }
        turns.values().stream().filter(each -> !each.turn().parked)
                .forEach(each -> found.add(each.turn() + " is not parked any more"));
        return found;
    }

    /** Turns that are parked. */
    int size() {
        return turns.size();
    }
}
