package io.augserve.onnx.sampling;

/**
 * Random variates by counter instead of by state: the variate of a position is a pure function of the sequence's seed and that
 * position. A token that is sampled again after a preemption, in another batch or in another order sees the same variate.
 *
 * <p>The n-th output of SplitMix64 is {@code mix(seed + n * GAMMA)}, so it can be asked for directly (Steele, Lea and Flood, "Fast
 * splittable pseudorandom number generators", OOPSLA 2014; mixing constants: variant 13 of Stafford, "Better bit mixing", 2011).
 * The seed is mixed once beforehand, or sequences seeded a multiple of {@code GAMMA} apart would see one stream, shifted.
 */
final class Draw {
    /** 2^64 divided by the golden ratio, made odd. */
    static final long GAMMA = 0x9E3779B97F4A7C15L;

    private Draw() {}

    /**
     * The variate of a position.
     *
     * @param seed any
     * @param position at least 0
     * @return uniform in [0, 1), a multiple of 2^-53
     */
    static double uniform(long seed, long position) {
        long bits = mix(mix(seed) + (position + 1) * GAMMA);
        return (bits >>> 11) * 0x1.0p-53;
    }

    /** A bijection of 64 bits in which every bit of the input sways every bit of the output. */
    static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
        return b ^ (b >>> 31);
    }
}
