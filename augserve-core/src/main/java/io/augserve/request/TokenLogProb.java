package io.augserve.request;

/**
 * A token and its natural-logarithm probability under the model's distribution, before temperature and filters but after
 * penalties and bias.
 *
 * @param token token id
 * @param logProb at most 0
 */
public record TokenLogProb(int token, float logProb) {}
