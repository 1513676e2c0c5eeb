package io.augserve.onnx.graph;

import io.augserve.onnx.model.RopeScaling;
import java.util.function.DoubleUnaryOperator;

/**
 * The cosines and sines of the rotary position embedding (Su et al., RoFormer, arXiv 2104.09864) for every position of a
 * context.
 *
 * <p>
 * Pair {@code i} of a head of width {@code d} turns by {@code position * f(i)} with {@code f(i) = theta^(-2i/d)}, scaled
 * as {@link RopeScaling} says. Llama 3's rule, with {@code wavelength = 2 pi / f} and the original context {@code L}:
 * {@code f / factor} above {@code L / low}, {@code f} below {@code L / high}, and in between
 * {@code (1 - s) f / factor + s f} with {@code s = (L / wavelength - low) / (high - low)} (Hugging Face transformers,
 * {@code modeling_rope_utils.py}). Everything is computed in double precision and rounded once, at the end; angles in
 * single precision would be off by 1e-2 at position 100,000.
 */
final class RotaryTable {
    private final int positions;
    private final double[] frequencies;

    /**
     * @param positions number of rows, at least 1
     * @param headSize width of a head, even
     */
    RotaryTable(int positions, int headSize, double theta, RopeScaling scaling) {
        this.positions = positions;
        this.frequencies = frequencies(headSize, theta, scaling);
    }

    /** Radians per position of each pair: {@code headSize / 2} numbers. */
    static double[] frequencies(int headSize, double theta, RopeScaling scaling) {
        double[] frequencies = new double[headSize / 2];
        for (int pair = 0; pair < frequencies.length; pair++) {
            frequencies[pair] = scale(Math.pow(theta, -2.0 * pair / headSize), scaling);
        }
        return frequencies;
    }

    /** Cosines, row-major [positions, headSize / 2]. */
    float[] cosines() {
        return fill(Math::cos);
    }

    /** Sines, row-major [positions, headSize / 2]. */
    float[] sines() {
        return fill(Math::sin);
    }

    private float[] fill(DoubleUnaryOperator function) {
        float[] table = new float[Math.multiplyExact(positions, frequencies.length)];
        int index = 0;
        for (int position = 0; position < positions; position++) {
            for (double frequency : frequencies) {
                table[index++] = (float) function.applyAsDouble(position * frequency);
            }
        }
        return table;
    }

    private static double scale(double frequency, RopeScaling scaling) {
        return switch (scaling) {
            case RopeScaling.None() -> frequency;
            case RopeScaling.Linear(double factor) -> frequency / factor;
            case RopeScaling.Llama3 llama3 -> scale(frequency, llama3);
        };
    }

    private static double scale(double frequency, RopeScaling.Llama3 llama3) {
        double wavelength = 2 * Math.PI / frequency;
        double context = llama3.originalContext();
        if (wavelength < context / llama3.highFreqFactor()) {
            return frequency;
        }
        if (wavelength > context / llama3.lowFreqFactor()) {
            return frequency / llama3.factor();
        }
        double smooth = (context / wavelength - llama3.lowFreqFactor())
                / (llama3.highFreqFactor() - llama3.lowFreqFactor());
        return (1 - smooth) * frequency / llama3.factor() + smooth * frequency;
    }
}
