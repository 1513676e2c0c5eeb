package io.augserve.onnx.linear;

import java.util.Optional;

/** {@link ProductMath} without the Vector API, in the same order of additions: the results are those of vectors with as many lanes, bit for bit. */
record ScalarProductMath(int lanes) implements ProductMath {
    static final int LANES = 16;

    @Override
    public RowDecoder decoder(RowLayout layout) {
        return new ScalarDecoder(layout, lanes);
    }

    @Override
    public PanelMath panels() {
        return new PanelMath.Scalar();
    }

    @Override
    public Optional<RowKernel> rowKernel(RowLayout layout) {
        return Optional.empty();
    }

    @Override
    public void accumulate(int rows, float[] x, int xAt, float[] w, int wAt, int vectors, float[] accumulators,
            int at) {
        int columns = ProductMath.tileColumns(rows);
        for (int v = 0; v < vectors; v++) {
            for (int row = 0; row < rows; row++) {
                int from = xAt + (v * rows + row) * lanes;
                for (int column = 0; column < columns; column++) {
                    int weights = wAt + (v * columns + column) * lanes;
                    int to = at + (row * columns + column) * lanes;
                    for (int lane = 0; lane < lanes; lane++) {
                        accumulators[to + lane] = Math.fma(x[from + lane], w[weights + lane], accumulators[to + lane]);
                    }
                }
            }
        }
    }

    @Override
    public void fold(float[] accumulators, int at, int count, float[] sums, int sumsAt) {
        for (int i = 0; i < count; i++) {
            int from = at + i * lanes;
            for (int half = lanes / 2; half > 0; half /= 2) {
                for (int lane = 0; lane < half; lane++) {
                    accumulators[from + lane] += accumulators[from + lane + half];
                }
            }
            sums[sumsAt + i] = accumulators[from];
        }
    }

    @Override
    public void gate(float[] gate, float[] up, int count) {
        for (int i = 0; i < count; i++) {
            gate[i] = gate[i] / (1 + (float) Math.exp(-gate[i])) * up[i];
        }
    }
}
