package io.augserve.examples.soak;

/**
 * One round: a server of its own on an engine of its own, from opening to closing.
 *
 * @param seconds since the beginning, when the round was over
 * @param policy it was served with
 * @param requests sent so far, over all rounds
 * @param leakedBlocks KV blocks that were still held when all requests had ended; less than 0 if more were free than there are
 * @param footprint after the engine was closed
 */
record SoakSample(double seconds, String policy, long requests, int leakedBlocks, Footprint footprint) {}
