package io.augserve.serving;

import io.augserve.engine.KvCache;
import io.augserve.schedule.RequestView;
import io.augserve.schedule.SchedulerView;
import java.util.Collections;
import java.util.List;
import java.util.SequencedCollection;

/** The scheduler's window onto the loop: the queues themselves, read-only. */
final class LiveView implements SchedulerView {
    private final KvCache kv;
    private final int maxRunning;
    private final List<? extends RequestView> running;
    private final SequencedCollection<? extends RequestView> waiting;
    private final SequencedCollection<? extends RequestView> paused;
    private long now;
    private int budget;

    LiveView(RequestQueues queues, KvCache kv, int maxRunning) {
        this.kv = kv;
        this.maxRunning = maxRunning;
        this.running = Collections.unmodifiableList(queues.running());
        this.waiting = Collections.unmodifiableSequencedSet(queues.waiting());
        this.paused = Collections.unmodifiableSequencedSet(queues.paused());
    }

    void update(long nanos, int tokenBudget) {
        now = nanos;
        budget = tokenBudget;
    }

    @Override
    public long nowNanos() {
        return now;
    }

    @Override
    public int tokenBudget() {
        return budget;
    }

    @Override
    public int maxRunning() {
        return maxRunning;
    }

    @Override
    public KvCache kvCache() {
        return kv;
    }

    @Override
    public List<? extends RequestView> running() {
        return running;
    }

    @Override
    public SequencedCollection<? extends RequestView> waiting() {
        return waiting;
    }

    @Override
    public SequencedCollection<? extends RequestView> paused() {
        return paused;
    }
}
