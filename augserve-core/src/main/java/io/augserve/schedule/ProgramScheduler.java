package io.augserve.schedule;

import io.augserve.engine.KvCache;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Serves whole programs, each a request or a session of turns, in a strict order: a composition of a {@link ProgramOrder} and a {@link Retention} of paused contexts, upon a cache
 * that is reused.
 *
 * <p>The running set goes first, or all that can run together where the order preempts. Each gets as many tokens as the budget has left,
 * after those that are still in the cache. A running request that lacks blocks takes them from idle contexts, those of the youngest
 * program first, then from running requests after it in the order, the last first, and is preempted itself if there is none; a step that
 * preempts for this admits nobody. Waiting requests are admitted from the head while budget, running set and blocks last, and nobody
 * overtakes a head that does not fit; where the order preempts, it takes what it lacks from idle contexts and from running requests of a
 * higher level, if they have enough. If nobody can run, the head takes what it lacks from idle contexts, so there is no standstill.
 */
final class ProgramScheduler implements Scheduler {
    private final ProgramOrder order;
    private final Retention retention;
    private final IdleContexts contexts;
    private final TreeSet<ProgramOrder.Place> waiting = new TreeSet<>();
    private final Map<Long, ProgramOrder.Place> places = new HashMap<>();

    ProgramScheduler(ProgramOrder order, Retention retention) {
        this.order = order;
        this.retention = retention;
        this.contexts = new IdleContexts(retention);
    }

    @Override
    public void arrived(RequestView request, long now) {
        waitsWithKv(request, now);
    }

    @Override
    public void paused(RequestView request, long now) {
        order.stops(request, now);
        retention.paused(request, now);
        contexts.paused(request);
    }

    @Override
    public void returned(RequestView request, long now) {
        retention.returned(request, now);
        contexts.returned(request);
        waits(request, now);
    }

    @Override
    public void continued(RequestView parked, RequestView request, long now) {
        contexts.left(parked);
        retention.returned(request, now);
        waitsWithKv(request, now);
    }

    private void waitsWithKv(RequestView request, long now) {
        if (request.computedTokens() > 0) {
            contexts.holds(request);
        }
        waits(request, now);
    }

    @Override
    public void preempted(RequestView request, long now) {
        order.stops(request, now);
        waits(request, now);
    }

    @Override
    public void ended(RequestView request, long now) {
        unqueue(request);
        contexts.left(request);
        retention.left(request);
        order.left(request);
    }

    private void waits(RequestView request, long now) {
        order.waits(request, now);
        queue(request, now);
    }

    private void queue(RequestView request, long now) {
        ProgramOrder.Place place = new ProgramOrder.Place(order.level(request, now), request);
        places.put(request.id(), place);
        waiting.add(place);
    }

    private void unqueue(RequestView request) {
        ProgramOrder.Place place = places.remove(request.id());
        if (place != null) {
            waiting.remove(place);
        }
    }

    @Override
    public StepPlan plan(SchedulerView view) {
        long now = view.nowNanos();
        PlanDraft draft = new PlanDraft(view);
        contexts.plan(view, draft);
        for (RequestView request : order.risen(now)) {
            unqueue(request);
            queue(request, now);
        }
        new Pass(view, draft).run();
        for (StepPlan.Grant grant : draft.grants) {
            RequestView request = grant.request();
            if (request.state() != RequestState.RUNNING) {
                unqueue(request);
                contexts.left(request);
                retention.runs(request, now);
                order.runs(request, now);
            }
        }
        return draft.plan();
    }

    /** One planning pass over those that can run. */
    private final class Pass {
        private final SchedulerView view;
        private final PlanDraft draft;
        private final KvCache kv;
        private final ProgramOrder.Place[] running;
        /** The waiting request to look at next; null after the last. */
        private ProgramOrder.@Nullable Place head;
        /** Running requests from this one on have been preempted. */
        private int victims;
        private boolean admits = true;

        Pass(SchedulerView view, PlanDraft draft) {
            this.view = view;
            this.draft = draft;
            this.kv = view.kvCache();
            List<? extends RequestView> set = view.running();
            running = new ProgramOrder.Place[set.size()];
            for (int i = 0; i < running.length; i++) {
                running[i] = new ProgramOrder.Place(order.level(set.get(i), view.nowNanos()), set.get(i));
            }
            Arrays.sort(running);
            victims = running.length;
            head = waiting.isEmpty() ? null : waiting.first();
        }

        void run() {
            int next = 0;
            while (draft.budget() > 0) {
                ProgramOrder.Place waits = head;
                if (admits && waits != null && (next >= victims || goesBefore(waits, running[next]))) {
                    admits = admit(waits);
                    head = waiting.higher(waits);
                } else if (next < victims) {
                    keepRunning(next++);
                } else {
                    break;
                }
            }
            if (draft.grants.isEmpty() && !draft.preempts() && !waiting.isEmpty()) {
                force(waiting.first().request());
            }
        }

        private boolean goesBefore(ProgramOrder.Place waits, ProgramOrder.Place runs) {
            return order.preempts() && waits.compareTo(runs) < 0;
        }

        private void keepRunning(int place) {
            RequestView request = running[place].request();
            int tokens = draft.tokensFor(request);
            while (draft.neededFor(request, tokens) > draft.free()) {
                if (!contexts.reclaim(view, draft, request)) {
                    admits = false;
                    draft.preempt(running[--victims].request());
                    if (victims == place) {
                        return;
                    }
                }
            }
            draft.grant(request, tokens);
        }

        /** False if the request has to go on waiting, and so all after it. */
        private boolean admit(ProgramOrder.Place place) {
            RequestView request = place.request();
            if (draft.isTouched(request)) {
                return false;
            }
            int reused = request.reusableTokens();
            int tokens = draft.tokensFor(request, reused);
            int missing = draft.neededFor(request, reused + tokens) - draft.free();
            boolean fits = missing <= 0 && draft.hasRoomFor(request);
            if (!fits && !(order.preempts() && makeRoom(place.level(), missing, draft.hasRoomFor(request)))) {
                return false;
            }
            draft.grant(request, tokens, reused);
            return true;
        }

        /** Preempts running requests of higher levels, the last first, if that gives enough. */
        private boolean makeRoom(int level, int missing, boolean hasRoom) {
            int first = victims;
            int blocks = 0;
            boolean room = hasRoom;
            while ((blocks < missing || !room) && first > 0 && running[first - 1].level() > level) {
                blocks += kv.exclusive(running[--first].request().id());
                room = true;
            }
            if (blocks < missing || !room) {
                return false;
            }
            while (victims > first) {
                draft.preempt(running[--victims].request());
            }
            return true;
        }

        /** Nobody can run: the head takes what it lacks from idle contexts, which hold all there is. */
        private void force(RequestView head) {
            if (draft.isTouched(head)) {
                return;
            }
            int reused = head.reusableTokens();
            int tokens = draft.tokensFor(head, reused);
            while (draft.neededFor(head, reused + tokens) > draft.free()) {
                if (!contexts.reclaim(view, draft, head)) {
                    return;
                }
            }
            draft.grant(head, tokens, reused);
        }
    }
}
