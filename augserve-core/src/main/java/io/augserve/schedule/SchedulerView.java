package io.augserve.schedule;

import io.augserve.engine.KvCache;
import java.util.List;

/** What a scheduler decides upon. Read-only; valid during one call of {@link Scheduler#plan}. */
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
    List<? extends RequestView> waiting();

    /** Requests whose tools are out, in the order in which they paused. */
    List<? extends RequestView> paused();
}
