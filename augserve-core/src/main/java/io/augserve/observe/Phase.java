package io.augserve.observe;

/** What a request is doing, in more detail than its queue says. */
public enum Phase {
    /** Waits for its turn, perhaps with KV that it computed before its tools went out. */
    QUEUED,
    /** Waits for its turn with blocks in host memory, which must come back first. */
    SWAPPED,
    /** Runs, and computes tokens that it did not just sample: its prompt, tool results, or what it lost and must compute again. */
    PREFILL,
    /** Runs, and computes one sampled token after the other. */
    DECODE,
    /** Its tools are out; {@link KvPlace} says whether its context was kept, swapped or given up. */
    TOOL,
    /** Its reader does not keep up with its events. */
    READER,
    /** It left; the last phase of every request. */
    FINISHED;

    /** Whether it is one of those in the running set. */
    public boolean runs() {
        return this == PREFILL || this == DECODE;
    }

    /** Whether it is one of those that wait for their turn. */
    public boolean waits() {
        return this == QUEUED || this == SWAPPED;
    }

    /** Whether it is one of those that wait for something outside the server. */
    public boolean isPaused() {
        return this == TOOL || this == READER;
    }
}
