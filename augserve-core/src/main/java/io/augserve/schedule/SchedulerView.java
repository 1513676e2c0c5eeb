package io.augserve.schedule;

import io.augserve.engine.KvCache;
import java.util.List;
import java.util.SequencedCollection;

/**
 * What a scheduler decides upon. Read-only; valid during one call of {@link Scheduler#plan}. The running set can be indexed; the queues can
 * be long and are read from either end. A scheduler that must not walk over them listens to what happens to requests instead.
 */
public interface SchedulerView {
    /** Now, on the server's ticker. */
    long nowNanos();

    /** Most tokens that the step may carry, from the {@link BatchPolicy}. */
    int tokenBudget();

    /** Most requests that may be in the running set. */
    int maxRunning();

    /** Blocks; the scheduler only asks, the loop reserves. */
    KvCache kvCache();

    /** The running set, in the order in which requests entered it. */
    List<? extends RequestView> running();

    /** Requests that wait for their turn: preempted ones first, then in the order of arrival or return. */
    SequencedCollection<? extends RequestView> waiting();

    /** Requests whose tools are out, in the order in which they paused. */
    SequencedCollection<? extends RequestView> paused();
}
