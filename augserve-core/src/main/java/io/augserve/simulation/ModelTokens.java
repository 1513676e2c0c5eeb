package io.augserve.simulation;

import io.augserve.engine.EngineSpec;
import io.augserve.engine.Sequence;
import io.augserve.request.SamplingOptions;

/**
 * A sequence of {@link ScriptTokens} as a real model sees it: arbitrary valid tokens that follow from run, request and position alone, so
 * that recomputing gives the same and no two requests begin alike. It samples as the engine's default says, which is what a profile is
 * measured with.
 *
 * @param script what the serving loop knows
 * @param salt of the run
 * @param engine whose vocabulary it is
 */
record ModelTokens(Sequence script, long salt, EngineSpec engine) implements Sequence {
    @Override
    public long id() {
        return script.id();
    }

    @Override
    public int length() {
        return script.length();
    }

    @Override
    public int token(int position) {
        return (int) Math.floorMod(mixed(mixed(mixed(salt) + script.token(0)) + position),
                (long) engine.vocabularySize());
    }

    /** SplitMix64's output function. */
    private static long mixed(long value) {
        long z = value + 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }

    @Override
    public SamplingOptions sampling() {
        return engine.defaultSampling();
    }

    @Override
    public long seed() {
        return script.seed();
    }

    @Override
    public boolean isOutput(int position) {
        return script.isOutput(position);
    }
}
