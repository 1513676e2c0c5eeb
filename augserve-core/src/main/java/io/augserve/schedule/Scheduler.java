package io.augserve.schedule;

/**
 * Decides what the next step computes and who gives up memory for it. Called by the serving loop before every step; may keep
 * state of its own between calls, so one object serves one server.
 */
@FunctionalInterface
public interface Scheduler extends RequestListener {
    /**
     * Plans the next step.
     *
     * @param view valid during the call only
     * @return a plan that keeps the budget, {@code maxRunning} and the free blocks; empty if nothing can run. A plan that breaks
     *         them is a defect of the scheduler and closes the server with one cause.
     */
    StepPlan plan(SchedulerView view);

    /** vLLM's first come, first served, without any knowledge of tools; see {@link FcfsScheduler}. */
    static Scheduler fcfs() {
        return FcfsScheduler.recomputing();
    }
}
