package io.augserve.schedule;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Promotes requests that waited too long, so that nobody waits for ever: a promoted request goes before all others until it ends, among
 * its like in the order of promotion (LAMPS, arXiv 2410.18248, whose quantum is as good as endless). So does a request that loses its KV
 * again and again without getting a token for it: where what is computed lowers a request's value, a few that fill the memory could else
 * take it from one another for ever, and none would end.
 */
final class StarvationGuard {
    /** A value above every order's. */
    private static final double PROMOTED = 1e15;

    /** Preemptions without a token after which a request is promoted; by chance alone that many are rare. */
    private static final int PREEMPTIONS = 16;

    private final int patience;
    /** Waiting requests in the order in which they began to wait. */
    private final Map<Long, Wait> waits = new LinkedHashMap<>();
    /** Values of promoted requests. */
    private final Map<Long, Double> promoted = new HashMap<>();
    private long plans;
    private long promotions;

    /** Preempted requests, with the preemptions that they had when they had so many tokens. */
    private final Map<Long, Progress> preempted = new HashMap<>();

    private record Progress(int outputTokens, int preemptions) {}

    private record Wait(RequestView request, long sincePlan) {}

    /**
     * @param patience plans of waiting after which a request is promoted
     */
    StarvationGuard(int patience) {
        this.patience = patience;
    }

    void waits(RequestView request) {
        if (!isPromoted(request)) {
            waits.put(request.id(), new Wait(request, plans));
        }
    }

    /** It has lost its KV. */
    void preempted(RequestView request) {
        int tokens = request.outputTokens();
        Progress progress = preempted.merge(request.id(), new Progress(tokens, request.preemptions()),
                (before, now) -> before.outputTokens() == tokens ? before : now);
        if (request.preemptions() - progress.preemptions() >= PREEMPTIONS) {
            waits.remove(request.id());
            promoted.computeIfAbsent(request.id(), id -> PROMOTED - promotions++);
        }
    }

    /** It waits no more. */
    void runs(RequestView request) {
        waits.remove(request.id());
    }

    /** It has left the house. */
    void ended(RequestView request) {
        waits.remove(request.id());
        promoted.remove(request.id());
        preempted.remove(request.id());
    }

    boolean isPromoted(RequestView request) {
        return !promoted.isEmpty() && promoted.containsKey(request.id());
    }

    /** The value of a promoted request, at any time. */
    double value(RequestView request) {
        return promoted.getOrDefault(request.id(), PROMOTED);
    }

    /** Counts a plan; returns those that it promotes. */
    List<RequestView> plan() {
        plans++;
        List<RequestView> starved = new ArrayList<>();
        Iterator<Wait> oldest = waits.values().iterator();
        while (oldest.hasNext()) {
            Wait wait = oldest.next();
            if (plans - wait.sincePlan() < patience) {
                break;
            }
            oldest.remove();
            promoted.put(wait.request().id(), PROMOTED - promotions++);
            starved.add(wait.request());
        }
        return starved;
    }
}
