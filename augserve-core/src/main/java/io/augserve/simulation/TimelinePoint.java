package io.augserve.simulation;

/**
 * The machine at one moment of a run.
 *
 * @param seconds virtual time
 * @param runningBlocks KV blocks of requests in the running set
 * @param pausedBlocks KV blocks of requests whose tools are out
 * @param waitingBlocks KV blocks of requests that wait for their turn
 * @param capacityBlocks KV blocks in all
 * @param waiting requests that wait for their turn
 * @param running requests in the running set
 * @param paused requests whose tools are out
 * @param batchTokens mean tokens of an iteration since the last point
 */
public record TimelinePoint(double seconds, int runningBlocks, int pausedBlocks, int waitingBlocks, int capacityBlocks,
        int waiting, int running, int paused, double batchTokens) {}
