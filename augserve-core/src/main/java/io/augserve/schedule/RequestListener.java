package io.augserve.schedule;

/**
 * Told by the serving loop, on its thread, how requests get on: for schedulers that keep an order of their own instead of reading whole
 * queues at every plan. A request is the same object from {@link #arrived} to {@link #ended}.
 */
public interface RequestListener {
    /** A new request waits; with KV if it follows a {@linkplain RequestView#parked parked} turn. */
    default void arrived(RequestView request, long now) {}

    /** Its tools are out. */
    default void paused(RequestView request, long now) {}

    /** Its tools are back; it waits, perhaps with its KV. */
    default void returned(RequestView request, long now) {}

    /** It stopped running without having ended a segment and waits: the plan said so, or its step failed. */
    default void preempted(RequestView request, long now) {}

    /**
     * A new request waits that follows a parked turn, and has the KV that it could take over from it: the next segment of one
     * {@linkplain RequestView#program program}. The turn is gone.
     */
    default void continued(RequestView parked, RequestView request, long now) {
        ended(parked, now);
        arrived(request, now);
    }

    /** It left the house; it owns nothing and will not be seen again. */
    default void ended(RequestView request, long now) {}
}
