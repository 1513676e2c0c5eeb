package io.augserve.examples.bench;

import java.util.List;
import java.util.OptionalLong;

/**
 * A model that was loaded in one format, and what was measured of it.
 *
 * @param setup what all its batches have in common
 * @param results one a batch
 */
record BenchLoad(Setup setup, List<BenchResult> results) {
    BenchLoad {
        results = List.copyOf(results);
    }

    /**
     * What all batches have in common.
     *
     * @param model its name
     * @param dtype what its weights are kept in
     * @param kvDtype what the KV cache is kept in
     * @param threads of the engine
     * @param weightBytes that a step reads
     * @param loadSeconds until the engine was ready, its warm-up included
     * @param loadPeakMegabytes the most memory of the process until then, what it loaded before included; empty where the system does not tell
     */
    record Setup(String model, String dtype, String kvDtype, int threads, long weightBytes, double loadSeconds,
            OptionalLong loadPeakMegabytes) {}
}
