package io.augserve.jmh;

import io.augserve.schedule.BatchPolicy;
import io.augserve.schedule.Policy;
import io.augserve.schedule.RequestState;
import io.augserve.schedule.RequestView;
import io.augserve.schedule.Scheduler;
import io.augserve.schedule.SchedulerView;
import io.augserve.schedule.StepPlan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * As little as keeps a {@link SteadyServer} going, to tell what of a measured step is not the scheduler: running requests first, then
 * the head of the queue, and whoever pauses loses its KV. It would come to a standstill where memory is short.
 */
final class BareScheduler implements Scheduler {
    static final String NAME = "none";

    private final List<RequestView> justPaused = new ArrayList<>();

    static Policy policy(int maxBatchTokens) {
        return new Policy(NAME, new BareScheduler(), BatchPolicy.fixed(maxBatchTokens));
    }

    @Override
    public void paused(RequestView request, long now) {
        justPaused.add(request);
    }

    @Override
    public StepPlan plan(SchedulerView view) {
        List<RequestView> discarded = new ArrayList<>();
        for (RequestView request : justPaused) {
            if (request.state() == RequestState.PAUSED) {
                discarded.add(request);
            }
        }
        justPaused.clear();
        List<StepPlan.Grant> grants = new ArrayList<>(view.maxRunning());
        grant(view, view.running(), view.running().size(), grants);
        grant(view, view.waiting(), view.maxRunning() - view.running().size(), grants);
        return new StepPlan(grants, List.of(), discarded);
    }

    private static void grant(SchedulerView view, Collection<? extends RequestView> queue, int most,
            List<StepPlan.Grant> grants) {
        int budget = view.tokenBudget();
        int free = view.kvCache().free();
        for (StepPlan.Grant grant : grants) {
            budget -= grant.tokens();
            free -= needed(view, grant.request(), grant.tokens());
        }
        int looked = 0;
        for (RequestView request : queue) {
            if (looked++ == most || budget <= 0) {
                return;
            }
            int tokens = Math.min(budget, request.uncomputedTokens());
            int needed = needed(view, request, tokens);
            if (needed <= free) {
                grants.add(new StepPlan.Grant(request, tokens));
                budget -= tokens;
                free -= needed;
            }
        }
    }

    private static int needed(SchedulerView view, RequestView request, int tokens) {
        return view.kvCache().needed(request.id(), request.computedTokens() + tokens);
    }
}
