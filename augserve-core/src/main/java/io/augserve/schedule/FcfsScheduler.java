package io.augserve.schedule;

import io.augserve.engine.KvCache;
import java.util.ArrayList;
import java.util.List;

/**
 * First come, first served, as vLLM serves requests when it knows nothing of tools: a request whose tools are out loses its KV,
 * and when they return it queues at the tail like a new one. One whose tools returned before a plan saw that they were out still
 * holds blocks while it waits; it loses them as well, or it could keep all that stand before it from ever fitting.
 *
 * <p>The running set goes first, in its order, each request with as many uncomputed tokens as the budget has left: one for a
 * decode, a chunk for a prefill. When blocks run out, the youngest running request is preempted, to be recomputed, until the
 * request at hand fits or is itself the youngest. Waiting requests are taken from the head while budget, running set and blocks
 * last, but not in a step that preempted: what was just freed belongs to those who run. The oldest request can always run, because
 * admission refuses what exceeds the cache, so every request ends.
 */
final class FcfsScheduler implements Scheduler {
    @Override
    public StepPlan plan(SchedulerView view) {
        Pass pass = new Pass(view);
        pass.discardIdle();
        pass.grantRunning();
        if (pass.preempted.isEmpty()) {
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

        Pass(SchedulerView view) {
            this.view = view;
            this.kv = view.kvCache();
            this.budget = view.tokenBudget();
            this.free = kv.free();
        }

        void discardIdle() {
            for (RequestView request : view.paused()) {
                discard(request);
            }
            for (RequestView request : view.waiting()) {
                // Spares the look-up for the many that never ran.
                if (request.computedTokens() > 0) {
                    discard(request);
                }
            }
        }

        private void discard(RequestView request) {
            int held = kv.held(request.id());
            if (held > 0) {
                discarded.add(request);
                free += held;
            }
        }

        void grantRunning() {
            List<? extends RequestView> running = view.running();
            int last = running.size() - 1;
            for (int i = 0; i <= last && budget > 0; i++) {
                RequestView request = running.get(i);
                int tokens = Math.min(budget, request.uncomputedTokens());
                int needed = kv.needed(request.id(), request.computedTokens() + tokens);
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
                // All of its tokens: what it had computed has just been discarded.
                int tokens = Math.min(budget, request.knownTokens());
                int needed = kv.blocksFor(tokens);
                if (needed > free) {
                    return;
                }
                grant(request, tokens, needed);
            }
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
