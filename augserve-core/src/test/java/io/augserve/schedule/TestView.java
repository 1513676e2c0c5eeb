package io.augserve.schedule;

import io.augserve.engine.BlockLedger;
import io.augserve.engine.KvCache;
import java.util.List;

/** What a scheduler sees, written down. */
record TestView(long nowNanos, int tokenBudget, int maxRunning, KvCache kvCache, List<? extends RequestView> running,
        List<? extends RequestView> waiting, List<? extends RequestView> paused) implements SchedulerView {
    /** At the ticker's beginning. */
    TestView(int tokenBudget, int maxRunning, KvCache kvCache, List<? extends RequestView> running,
            List<? extends RequestView> waiting, List<? extends RequestView> paused) {
        this(0, tokenBudget, maxRunning, kvCache, running, waiting, paused);
    }

    /** The same at another time. */
    TestView at(long nanos) {
        return new TestView(nanos, tokenBudget, maxRunning, kvCache, running, waiting, paused);
    }

    /** A view in which each running and paused request holds the blocks of its computed tokens. */
    static TestView of(int tokenBudget, int maxRunning, BlockLedger ledger, List<TestRequest> running,
            List<TestRequest> waiting, List<TestRequest> paused) {
        for (List<TestRequest> queue : List.of(running, waiting, paused)) {
            queue.forEach(request -> ledger.reserve(request.id(), request.computedTokens()));
        }
        return new TestView(tokenBudget, maxRunning, ledger, running, waiting, paused);
    }

    /** Tells a scheduler how the requests got here: who is paused or waits with KV has paused since the last plan. */
    void tell(Scheduler scheduler) {
        paused.forEach(request -> scheduler.paused(request, 0));
        for (RequestView request : waiting) {
            scheduler.arrived(request, 0);
            if (kvCache.held(request.id()) > 0) {
                scheduler.paused(request, 0);
                scheduler.returned(request, 0);
            }
        }
    }
}
