package io.augserve.request;

/**
 * Tokens of one generation.
 *
 * @param promptTokens of the rendered prompt
 * @param outputTokens sampled, over all segments, end-of-turn tokens included
 * @param toolResultTokens appended by tool results, chat markup included
 * @param recomputedTokens computed more than once because their KV had been given up
 * @param reusedTokens found in the cache instead of being computed, after their KV had been given up
 * @param swappedTokens moved between device and host, counted in whole blocks and each way
 * @param preemptions times that the request lost its KV under memory pressure
 * @param cachedTokens tokens of the prompt that were never computed for this request, because a parked turn of its session
 *        ({@link SessionRetention}) or another request had computed them; at most {@code promptTokens - 1}
 */
public record Usage(int promptTokens, int outputTokens, int toolResultTokens, int recomputedTokens, long reusedTokens,
        long swappedTokens, int preemptions, int cachedTokens) {}
