package io.augserve.schedule;

import io.augserve.engine.BlockLedger;
import java.util.List;

/** A moment of a server: 10 blocks of 100 tokens, a budget of 200 tokens, four places. */
record GoodputView(double seconds, BlockLedger kvCache, List<Asked> running, List<Asked> waiting, List<Asked> paused)
        implements
            SchedulerView {
    static GoodputView at(double seconds, BlockLedger ledger) {
        return new GoodputView(seconds, ledger, List.of(), List.of(), List.of());
    }

    GoodputView running(Asked... requests) {
        return new GoodputView(seconds, kvCache, List.of(requests), waiting, paused);
    }

    @Override
    public long nowNanos() {
        return Math.round(seconds * 1e9);
    }

    @Override
    public int tokenBudget() {
        return 200;
    }

    @Override
    public int maxRunning() {
        return 4;
    }

    @Override
    public BlockLedger kvCache() {
        return kvCache;
    }
}
