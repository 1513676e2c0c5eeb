package io.augserve.observe;

/**
 * What one step's batch was made of.
 *
 * @param requests in the batch
 * @param prefillTokens of prompts, of tool results, and recomputed ones
 * @param decodeTokens sampled by the step before, one for each request that decodes
 * @param recomputedTokens of both, those that had been computed before and lost; 0 if the step failed
 * @param lookedUpTokens known tokens of requests that entered the running set without KV: what could have been in the cache
 * @param reusedTokens of these, those taken from the cache
 * @param movedBlocks between device and host, both ways
 */
public record StepWork(int requests, int prefillTokens, int decodeTokens, int recomputedTokens, int lookedUpTokens,
        int reusedTokens, int movedBlocks) {
    /** Tokens in the batch. */
    public int tokens() {
        return prefillTokens + decodeTokens;
    }
}
