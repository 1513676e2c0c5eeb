package io.augserve.schedule;

import io.augserve.engine.KvCache;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * First come, first served, as vLLM serves requests when it knows nothing of tools: a request whose tools are out loses its KV,
 * and when they return it queues at the tail like a new one.
 *
 * <p>The running set goes first, in its order, each request with as many uncomputed tokens as the budget has left: one for a
 * decode, a chunk for a prefill. When blocks run out, the youngest running request is preempted, to be recomputed, until the
 * request at hand fits or is itself the youngest. Waiting requests are taken from the head while budget, running set and blocks
 * last, but not in a step that preempted: what was just freed belongs to those who run.
 *
 * <p>A request whose tools answered before it could be discarded waits with its blocks. Such requests, the youngest first, let go
 * before a running one is preempted, and for the head of the queue when nobody runs. So the oldest request can always run, because
 * admission refuses what exceeds the cache, and every request ends.
 *
 * <p>Paused and waiting requests with KV are known from the loop's events, so that a plan does not walk over the others.
 *
 * <p>With {@link #reusing()} it is today's vLLM (v1): what a paused or preempted request gives up stays in the cache until it is
 * overwritten, and a request begins after the tokens that are still there. They need free blocks like all others, which bounds who is
 * admitted, but nothing of the budget.
 */
final class FcfsScheduler implements Scheduler {
    private final Function<KvCache, PrefixReuse> reuse;
    /** Paused requests that no plan has seen. */
    private final Map<Long, RequestView> fresh = new LinkedHashMap<>();
    /** Waiting requests that returned before a plan could take their blocks, in the order of their return. */
    private final LinkedHashMap<Long, RequestView> holders = new LinkedHashMap<>();

    private FcfsScheduler(Function<KvCache, PrefixReuse> reuse) {
        this.reuse = reuse;
    }

    /** Computes everything that was given up once more. */
    static FcfsScheduler recomputing() {
        return new FcfsScheduler(PrefixReuse.NONE);
    }

    /** Takes from the cache what is still there. */
    static FcfsScheduler reusing() {
        return new FcfsScheduler(PrefixReuse.CACHED);
    }

    @Override
    public void arrived(RequestView request, long now) {
        if (request.computedTokens() > 0) {
            holders.put(request.id(), request);
        }
    }

    @Override
    public void paused(RequestView request, long now) {
        fresh.put(request.id(), request);
    }

    @Override
    public void returned(RequestView request, long now) {
        if (fresh.remove(request.id()) != null) {
            holders.put(request.id(), request);
        }
    }

    @Override
    public void ended(RequestView request, long now) {
        fresh.remove(request.id());
        holders.remove(request.id());
    }

    @Override
    public StepPlan plan(SchedulerView view) {
        Pass pass = new Pass(view);
        pass.discardPaused();
        pass.grantRunning();
        if (pass.preempted.isEmpty() && !pass.reclaimed) {
            pass.grantWaiting();
        }
        return new StepPlan(pass.grants, pass.preempted, pass.discarded);
    }

    /** One planning pass: the budget and the free blocks as they dwindle. */
    private final class Pass {
        final List<StepPlan.Grant> grants = new ArrayList<>();
        final List<RequestView> preempted = new ArrayList<>();
        final List<RequestView> discarded = new ArrayList<>();
        private final SchedulerView view;
        private final KvCache kv;
        private final PrefixReuse prefixes;
        private int budget;
        private int free;
        /** Whether waiting requests lost blocks in this pass; then none of them is granted anything but for the head. */
        private boolean reclaimed;

        Pass(SchedulerView view) {
            this.view = view;
            this.kv = view.kvCache();
            this.prefixes = reuse.apply(kv);
            this.budget = view.tokenBudget();
            this.free = kv.free();
        }

        void discardPaused() {
            fresh.values().forEach(this::discard);
            fresh.clear();
        }

        void grantRunning() {
            List<? extends RequestView> running = view.running();
            int last = running.size() - 1;
            for (int i = 0; i <= last && budget > 0; i++) {
                RequestView request = running.get(i);
                int tokens = Math.min(budget, request.uncomputedTokens());
                int needed = needed(request, tokens);
                if (needed > free) {
                    reclaimWaiting(needed, request);
                }
                while (needed > free && last > i) {
                    preempt(running.get(last--));
                }
                if (needed > free) {
                    preempt(request);
                    return;
                }
                grant(request, tokens, 0, needed);
            }
        }

        void grantWaiting() {
            int room = view.maxRunning() - view.running().size();
            for (RequestView request : view.waiting()) {
                if (room-- <= 0 || budget <= 0) {
                    return;
                }
                int reused = prefixes.reused(request);
                if (prefixes.comesSoon(request, reused)) {
                    continue;
                }
                int tokens = Math.min(budget, request.uncomputedTokens() - reused);
                int needed = needed(request, reused + tokens);
                if (needed > free && grants.isEmpty()) {
                    reclaimWaiting(needed, request);
                }
                if (needed > free) {
                    return;
                }
                grant(request, tokens, reused, needed);
                holders.remove(request.id());
                if (reclaimed) {
                    return;
                }
            }
        }

        /** Takes blocks of waiting requests, those that returned last first, until enough are free or nobody but one holds any. */
        private void reclaimWaiting(int needed, RequestView spared) {
            for (RequestView request : List.copyOf(holders.values()).reversed()) {
                if (needed <= free) {
                    return;
                }
                if (request.id() != spared.id()) {
                    holders.remove(request.id());
                    discard(request);
                    reclaimed = true;
                }
            }
        }

        private void discard(RequestView request) {
            if (kv.held(request.id()) > 0) {
                discarded.add(request);
                free += kv.exclusive(request.id());
            }
        }

        private int needed(RequestView request, int tokens) {
            return kv.needed(request.id(), request.computedTokens() + tokens);
        }

        private void grant(RequestView request, int tokens, int reused, int needed) {
            grants.add(new StepPlan.Grant(request, tokens, reused));
            prefixes.computes(request, request.computedTokens() + reused);
            budget -= tokens;
            free -= needed;
        }

        private void preempt(RequestView request) {
            preempted.add(request);
            free += kv.exclusive(request.id());
        }
    }
}
