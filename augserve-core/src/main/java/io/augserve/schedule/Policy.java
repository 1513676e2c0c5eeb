package io.augserve.schedule;

import static java.util.Objects.requireNonNull;

/**
 * A scheduler and the batch policy that goes with it, under the name by which command line and reports call them. Serves one server.
 *
 * @param name such as {@code fcfs}
 * @param scheduler plans the steps
 * @param batchPolicy sets their token budget
 */
public record Policy(String name, Scheduler scheduler, BatchPolicy batchPolicy) {
    /** Rejects nulls. */
    public Policy {
        requireNonNull(name, "name");
        requireNonNull(scheduler, "scheduler");
        requireNonNull(batchPolicy, "batchPolicy");
    }
}
