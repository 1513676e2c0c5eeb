package io.augserve.serving;

import io.augserve.engine.KvCache;
import io.augserve.schedule.RequestListener;
import io.augserve.schedule.RequestState;
import io.augserve.schedule.StepPlan;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A step that fails does not say whose fault it was. So a request that one more failure would end makes its last attempt alone, until it
 * has got past the place where the others failed: if it breaks every step that it is in, it ends and takes nobody with it; if it does
 * not, it is cleared.
 */
final class LastAttempt {
    private final RequestQueues queues;
    private final KvCache kv;
    private final RequestListener listener;
    private final int maxStepFailures;

    LastAttempt(RequestQueues queues, KvCache kv, RequestListener listener, int maxStepFailures) {
        this.queues = queues;
        this.kv = kv;
        this.listener = listener;
        this.maxStepFailures = maxStepFailures;
    }

    /** The plan, with the grant of the first such request alone if there is one. */
    StepPlan alone(StepPlan plan, long now) {
        if (maxStepFailures == 0) {
            return plan;
        }
        for (StepPlan.Grant grant : plan.grants()) {
            ServingRequest request = queues.find(grant.request().id());
            if (request != null && request.failedSteps() == maxStepFailures) {
                return alone(plan, grant, now);
            }
        }
        return plan;
    }

    private StepPlan alone(StepPlan plan, StepPlan.Grant chosen, long now) {
        Set<Long> left = new HashSet<>();
        for (StepPlan.Grant grant : plan.grants()) {
            ServingRequest other = queues.find(grant.request().id());
            if (other != null && other.id() != chosen.request().id()) {
                left.add(other.id());
                if (other.state() == RequestState.WAITING) {
                    waitOn(other, now);
                }
            }
        }
        List<StepPlan.Swap> swapIns = plan.swapIns().stream().filter(swap -> !left.contains(swap.request().id()))
                .toList();
        return new StepPlan(List.of(chosen), plan.preempted(), plan.discarded(), plan.swapOuts(), swapIns,
                plan.nextUses());
    }

    /** The plan took it for running. As if it had run and been preempted, it waits without KV: that every scheduler understands. */
    private void waitOn(ServingRequest request, long now) {
        kv.release(request.id());
        request.preempted();
        listener.preempted(request, now);
    }
}
