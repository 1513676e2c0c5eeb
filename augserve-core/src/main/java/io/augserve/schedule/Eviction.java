package io.augserve.schedule;

import io.augserve.predict.CostModel;

/** How a running or waiting request gives up its KV under memory pressure. */
interface Eviction {
    /** Adds to the plan that the request, which holds blocks and is untouched by it, gives them up. */
    void evict(RequestView request, SchedulerView view, PlanDraft draft);

    /** Its KV is discarded, to be computed once more (LAMPS). */
    static Eviction recompute() {
        return (request, view, draft) -> {
            if (request.state() == RequestState.RUNNING) {
                draft.preempt(request);
            } else {
                draft.discard(request);
            }
        };
    }

    /**
     * Its blocks go to host memory if there is room for all of them and the step's {@link SwapBudget} covers them; otherwise its KV is
     * discarded (InferCept).
     */
    static Eviction swap(CostModel costs) {
        Eviction otherwise = recompute();
        return (request, view, draft) -> {
            int held = view.kvCache().held(request.id());
            if (held <= draft.hostFree() && held <= SwapBudget.left(costs, view, draft)) {
                draft.swapOut(request, held);
            } else {
                otherwise.evict(request, view, draft);
            }
        };
    }
}
