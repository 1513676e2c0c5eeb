package io.augserve.onnx.model;

/** How a model stretches its rotary position embedding beyond the context that it was first trained on. */
public sealed interface RopeScaling {
    /** Unscaled. */
    record None() implements RopeScaling {}

    /**
     * Position interpolation: every frequency is divided by the factor.
     *
     * @param factor greater than 0; 1 changes nothing
     */
    record Linear(double factor) implements RopeScaling {}

    /**
     * Llama 3.1's scaling by wavelength: long waves are interpolated, short ones left alone, those between blended.
     *
     * @param factor divisor of the low frequencies, greater than 0
     * @param lowFreqFactor waves longer than {@code originalContext / lowFreqFactor} positions are divided by the factor
     * @param highFreqFactor waves shorter than {@code originalContext / highFreqFactor} positions stay; greater than
     *            {@code lowFreqFactor}
     * @param originalContext the context length before scaling, in tokens
     */
    record Llama3(double factor, double lowFreqFactor, double highFreqFactor, int originalContext)
            implements
                RopeScaling {}
}
