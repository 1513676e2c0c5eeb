package io.augserve.examples.quickstart;

import io.augserve.request.GenerationResult;

/**
 * What became of one prompt.
 *
 * @param number from 1
 * @param prompt what was asked
 * @param result how it ended, or the part that was made if it failed
 * @param problem why it failed; empty if it did not
 */
record Outcome(int number, String prompt, GenerationResult result, String problem) {}
