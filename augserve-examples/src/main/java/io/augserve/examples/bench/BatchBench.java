package io.augserve.examples.bench;

import io.augserve.onnx.OnnxEngine;
import java.util.OptionalLong;

/**
 * Measures a case in rounds: the prompts alone, prompts and output, the bare graph, the memory. A machine that is busy with something
 * else for a while slows the first three down alike, and their ratios stay; of the memory the best counts, for it is a bound. A short
 * round before them is not counted.
 */
final class BatchBench {
    private static final int WARM_UP_TOKENS = 16;

    private final OnnxEngine engine;
    private final StreamBandwidth bandwidth;
    private final int rounds;

    BatchBench(OnnxEngine engine, StreamBandwidth bandwidth, int rounds) {
        this.engine = engine;
        this.bandwidth = bandwidth;
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
            stream = Math.max(stream, bandwidth.measure());
        }
        double weightsPerSecond = stream / engine.meter().weightBytes();
        return new BenchResult(given, prefill.median(), given.batch() / decode.seconds(), decode.split(),
                given.batch() * weightsPerSecond, given.batch() / (bare.median() / 1e9), decode.allocatedPerToken(),
                residentMegabytes());
    }

    /** Without the buffer that only measuring needs. */
    private OptionalLong residentMegabytes() {
        OptionalLong all = ResidentMemory.megabytes();
        return all.isPresent() ? OptionalLong.of(all.getAsLong() - (bandwidth.bytes() >> 20)) : all;
    }
}
