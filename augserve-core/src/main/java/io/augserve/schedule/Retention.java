package io.augserve.schedule;

/** How long the KV of a paused request is kept on the device. May learn from what it is told. */
interface Retention {
    /** The tools of a request are out. */
    default void paused(RequestView request, long now) {}

    /** They are back; it waits, with or without its KV. */
    default void returned(RequestView request, long now) {}

    /** A waiting request runs from now on. */
    default void runs(RequestView request, long now) {}

    /** It left the house. */
    default void left(RequestView request) {}

    /**
     * How long a context is kept from the beginning of its pause on; asked once in a pause, at the plan that follows.
     *
     * @return nanoseconds; 0 to give it up at once
     */
    long nanos(RequestView request, SchedulerView view);

    /** Every context is given up at once. */
    static Retention none() {
        return (request, view) -> 0;
    }
}
