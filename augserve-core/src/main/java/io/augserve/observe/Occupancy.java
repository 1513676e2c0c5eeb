package io.augserve.observe;

/**
 * Who is in the house and what they hold, between two duty cycles of the loop or at the end of a step.
 *
 * @param waiting requests that wait for their turn, swapped ones included
 * @param running requests in the running set
 * @param paused requests that wait for their tools or their readers
 * @param usedBlocks KV blocks of the device that somebody holds
 * @param capacityBlocks KV blocks of the device in all
 * @param retainedBlocks KV blocks of the device that paused requests hold, alone or with others. One that several of them share counts for
 *        each of them, but never more than {@code usedBlocks} are counted in all
 * @param swappedBlocks KV blocks in host memory
 * @param hostCapacityBlocks KV blocks that host memory has room for; 0 if the engine does not swap
 */
public record Occupancy(int waiting, int running, int paused, int usedBlocks, int capacityBlocks, int retainedBlocks,
        int swappedBlocks, int hostCapacityBlocks) {
    /** Share of the device's KV blocks in use, from 0 to 1. */
    public double kvUsage() {
        return capacityBlocks == 0 ? 0 : (double) usedBlocks / capacityBlocks;
    }
}
