package io.augserve.examples.bench;

import java.util.Optional;

/**
 * What was measured of one case; medians, but for the memory.
 *
 * @param given what was served
 * @param prefillRate prompt tokens per second, served with nothing but their first token to sample
 * @param decodeRate output tokens per second while the whole batch decodes
 * @param split where the time of such a step goes
 * @param bandwidthRate output tokens per second if a step did nothing but read the weights, as fast as this memory was ever read
 * @param bareRate output tokens per second of the bare graph
 * @param allocatedPerToken bytes that the server's thread allocates for an output token
 * @param memory of the process, after serving; empty where the system does not tell
 */
record BenchResult(BenchCase given, double prefillRate, double decodeRate, StepSplit split, double bandwidthRate,
        double bareRate, double allocatedPerToken, Optional<MemoryUse> memory) {}
