package io.augserve.request;

/**
 * A snapshot of a server, taken between two steps.
 *
 * @param waiting requests that wait for their turn
 * @param running requests in the running set
 * @param paused requests whose tools are out, turns that are kept for a follow-up included ({@link SessionRetention})
 * @param freeBlocks KV blocks that nobody holds
 * @param capacityBlocks KV blocks in all
 * @param steps engine steps run so far
 * @param computedTokens tokens computed so far
 * @param sampledTokens tokens sampled so far
 * @param finished requests ended so far, in whatever way
 */
public record ServerStats(int waiting, int running, int paused, int freeBlocks, int capacityBlocks, long steps,
        long computedTokens, long sampledTokens, long finished) {}
