package io.augserve.onnx.linear;

/** A linear layer: its weights, [out, in], and one bias for each output, or none at all. Immutable. */
public final class Layer {
    private final Matrix weights;
    private final float[] bias;

    /** Takes a copy of the bias, which is empty if there is none. */
    public Layer(Matrix weights, float[] bias) {
        if (bias.length != 0 && bias.length != weights.rows()) {
            throw new IllegalArgumentException(
                    weights.name() + ": " + bias.length + " biases for " + weights.rows() + " outputs");
        }
        this.weights = weights;
        this.bias = bias.clone();
    }

    /** The weights. */
    public Matrix weights() {
        return weights;
    }

    boolean hasBias() {
        return bias.length != 0;
    }

    /** Adds the bias of the outputs from {@code from} on to as many numbers. */
    void addBias(int from, float[] to, int at, int count) {
        for (int i = 0; i < count; i++) {
            to[at + i] += bias[from + i];
        }
    }
}
