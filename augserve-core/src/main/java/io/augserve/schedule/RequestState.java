package io.augserve.schedule;

/** Where a request stands. */
public enum RequestState {
    /**
     * Has known tokens that are not computed and is not in the running set; still holds blocks if its tools
     * answered before a plan took them.
     */
    WAITING,
    /** In the running set: computes tokens as the plan grants them. */
    RUNNING,
    /** Its tools are out; holds blocks as long as the plan lets it. */
    PAUSED,
    /** Ended; owns nothing. */
    FINISHED
}
