package io.augserve.examples.openai;

import com.google.gson.JsonObject;
import io.augserve.observe.Occupancy;

/**
 * One frame's time.
 *
 * @param number ascending
 * @param millis when it ended
 * @param occupancy at its end
 * @param counts what happened in it
 */
record LiveTick(long number, long millis, Occupancy occupancy, Counts counts) {
    private static final double NANOS_PER_MILLI = 1e6;

    /** What is counted; changed by the feed alone, until the tick is over. */
    static final class Counts {
        int steps;
        long prefillTokens;
        long decodeTokens;
        int firstTokens;
        long firstTokenNanos;
        int finished;
        int met;
        int preempted;
        int rejected;
    }

    JsonObject toJson() {
        JsonObject json = new JsonObject();
        json.addProperty("t", millis);
        json.addProperty("waiting", occupancy.waiting());
        json.addProperty("running", occupancy.running());
        json.addProperty("paused", occupancy.paused());
        json.addProperty("used", occupancy.usedBlocks());
        json.addProperty("retained", occupancy.retainedBlocks());
        json.addProperty("capacity", occupancy.capacityBlocks());
        json.addProperty("swapped", occupancy.swappedBlocks());
        json.addProperty("steps", counts.steps);
        json.addProperty("prefill", counts.prefillTokens);
        json.addProperty("decode", counts.decodeTokens);
        json.addProperty("firsts", counts.firstTokens);
        json.addProperty("ttft", Math.round(counts.firstTokenNanos / NANOS_PER_MILLI));
        json.addProperty("finished", counts.finished);
        json.addProperty("met", counts.met);
        json.addProperty("preempted", counts.preempted);
        json.addProperty("rejected", counts.rejected);
        return json;
    }
}
