package io.augserve.engine;

/**
 * Blocks of one sequence that move between device and host; the {@link KvCache} counts them as moved already.
 *
 * @param sequence whose
 * @param blocks at least 1
 */
public record BlockMove(long sequence, int blocks) {}
