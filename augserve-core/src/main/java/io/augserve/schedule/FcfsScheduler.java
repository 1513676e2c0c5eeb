package io.augserve.schedule;

import io.augserve.engine.KvCache;
import java.util.ArrayList;
import java.util.List;

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
 */
final class FcfsScheduler implements Scheduler {
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
    private static final class Pass {
        final List<StepPlan.Grant> grants = new ArrayList<>();
        final List<RequestView> preempted = new ArrayList<>();
        final List<RequestView> discarded = new ArrayList<>();
        private final SchedulerView view;
        private final KvCache kv;
        private int budget;
        private int free;
        /** Whether waiting requests lost blocks in this pass; then none of them is granted anything but for the head. */
        private boolean reclaimed;
        /** Waiting requests, from the head, that have not been asked for their blocks. */
        private int untouched;
        /** Blocks of those; mostly none, and then nobody has to be asked, however many wait. */
        private int heldByWaiting;

        Pass(SchedulerView view) {
            this.view = view;
            this.kv = view.kvCache();
            this.budget = view.tokenBudget();
            this.free = kv.free();
            this.untouched = view.waiting().size();
        }

        void discardPaused() {
            for (RequestView request : view.paused()) {
                discardIfHolding(request);
            }
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
                grant(request, tokens, needed);
            }
        }

        void grantWaiting() {
            int room = view.maxRunning() - view.running().size();
            for (RequestView request : view.waiting()) {
                if (room-- <= 0 || budget <= 0) {
                    return;
                }
                int tokens = Math.min(budget, request.uncomputedTokens());
                int needed = needed(request, tokens);
                if (needed > free && grants.isEmpty()) {
                    reclaimWaiting(needed, request);
                }
                if (needed > free) {
                    return;
                }
                grant(request, tokens, needed);
                if (reclaimed) {
                    return;
                }
            }
        }

        /**
         * Takes blocks of waiting requests, from the tail, until {@code needed} are free or nobody but {@code spared} holds any.
         */
        private void reclaimWaiting(int needed, RequestView spared) {
            List<? extends RequestView> waiting = view.waiting();
            if (untouched == waiting.size()) {
                heldByWaiting = kv.capacity() - kv.free() - held(view.running()) - held(view.paused());
            }
            for (; untouched > 0 && heldByWaiting > 0 && needed > free; untouched--) {
                RequestView request = waiting.get(untouched - 1);
                heldByWaiting -= kv.held(request.id());
                if (request.id() != spared.id()) {
                    reclaimed |= discardIfHolding(request);
                }
            }
        }

        private int held(List<? extends RequestView> requests) {
            int blocks = 0;
            for (RequestView request : requests) {
                blocks += kv.held(request.id());
            }
            return blocks;
        }

        private boolean discardIfHolding(RequestView request) {
            int held = kv.held(request.id());
            if (held > 0) {
                discarded.add(request);
                free += held;
            }
            return held > 0;
        }

        private int needed(RequestView request, int tokens) {
            return kv.needed(request.id(), request.computedTokens() + tokens);
        }

        private void grant(RequestView request, int tokens, int needed) {
            grants.add(new StepPlan.Grant(request, tokens));
            budget -= tokens;
            free -= needed;
        }

        private void preempt(RequestView request) {
            preempted.add(request);
            free += kv.held(request.id());
        }
    }
}
