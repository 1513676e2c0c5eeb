package io.augserve.examples.bench;

import io.augserve.onnx.OnnxEngine;
import java.util.function.DoubleSupplier;

/**
 * Measures a case in rounds: the prompts alone, prompts and output, the bare graph, the memory. A machine that is busy with something
 * else for a while slows the first three down alike, and their ratios stay; of the memory the best counts, for it is a bound. A short
 * round before them is not counted.
 */
final class BatchBench {
    private static final int WARM_UP_TOKENS = 16;

    private final OnnxEngine engine;
    private final DoubleSupplier bandwidth;
    private final long bandwidthBuffer;
    private final int rounds;

    /**
     * @param bandwidth measures how many bytes per second the memory of the weights can give
     * @param bandwidthBuffer bytes of the process that only this measuring needs
     */
    BatchBench(OnnxEngine engine, DoubleSupplier bandwidth, long bandwidthBuffer, int rounds) {
        this.engine = engine;
        this.bandwidth = bandwidth;
        this.bandwidthBuffer = bandwidthBuffer;
        this.rounds = rounds;
    }

    BenchResult measure(BenchCase given) {
        Samples prefill = new Samples();
        Samples bare = new Samples();
        double stream = 0;
        DecodeSteps decode = new DecodeSteps();
        BareLoop bareLoop = new BareLoop(engine);
        ServedRound.run(engine, given, -1, Math.min(WARM_UP_TOKENS, given.sampled()));
        for (int round = 0; round < rounds; round++) {
            ServedRound prompts = ServedRound.run(engine, given, 2 * round, 1);
            prefill.add((double) given.batch() * given.prompt() / (prompts.nanos() / 1e9));
            decode.add(ServedRound.run(engine, given, 2 * round + 1, given.sampled()).steps(), given.batch());
            bareLoop.run(given, given.output(), bare);
            stream = Math.max(stream, bandwidth.getAsDouble());
        }
        double weightsPerSecond = stream / engine.meter().weightBytes();
        return new BenchResult(given, prefill.median(), given.batch() / decode.seconds(), decode.split(),
                given.batch() * weightsPerSecond, given.batch() / (bare.median() / 1e9), decode.allocatedPerToken(),
                MemoryUse.of(engine, bandwidthBuffer));
    }
}
