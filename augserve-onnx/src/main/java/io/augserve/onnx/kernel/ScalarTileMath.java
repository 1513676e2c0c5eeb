package io.augserve.onnx.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

/** {@link TileMath} in plain Java. */
final class ScalarTileMath implements TileMath {
    @Override
    public void scores(Tile tile, int firstRow) {
        int size = tile.headSize;
        for (int row = firstRow; row < tile.rows; row++) {
            for (int column = 0; column < tile.panels * tile.panel; column++) {
                long key = tile.addresses[column / tile.panel] + (long) (column % tile.panel) * Float.BYTES;
                float sum = 0;
                for (int d = 0; d < size; d++) {
                    sum += tile.queries[row * size + d] * load(key, d * tile.panel);
                }
                tile.scores[row * Tile.COLUMNS + column] = sum;
            }
        }
    }

    @Override
    public void mix(Tile tile, int firstRow, int from, int to) {
        int size = tile.headSize;
        for (int row = firstRow; row < tile.rows; row++) {
            for (int column = from; column < to; column++) {
                long value = tile.addresses[column / tile.panel]
                        + (long) (column % tile.panel) * size * Float.BYTES;
                float weight = tile.scores[row * Tile.COLUMNS + column];
                for (int d = 0; d < size; d++) {
                    tile.sums[row * size + d] += weight * load(value, d);
                }
            }
        }
    }

    @Override
    public float max(float[] x, int from, int to) {
        float max = x[from];
        for (int i = from + 1; i < to; i++) {
            max = Math.max(max, x[i]);
        }
        return max;
    }

    @Override
    public float expAndSum(float[] x, int from, int to, float shift) {
        float sum = 0;
        for (int i = from; i < to; i++) {
            x[i] = (float) Math.exp(x[i] - shift);
            sum += x[i];
        }
        return sum;
    }

    @Override
    public void scale(float[] x, int from, int to, float factor) {
        for (int i = from; i < to; i++) {
            x[i] *= factor;
        }
    }

    @Override
    public void addScaled(float[] x, int fromX, float[] y, int fromY, int count, float factor) {
        for (int i = 0; i < count; i++) {
            x[fromX + i] += factor * y[fromY + i];
        }
    }

    @Override
    public void rotate(float[] x, int at, int half, long cos, long sin) {
        rotate(x, at, half, 0, cos, sin);
    }

    /** Leaves out the pairs before {@code from}. */
    static void rotate(float[] x, int at, int half, int from, long cos, long sin) {
        for (int i = from; i < half; i++) {
            float a = x[at + i];
            float b = x[at + half + i];
            x[at + i] = a * load(cos, i) - b * load(sin, i);
            x[at + half + i] = b * load(cos, i) + a * load(sin, i);
        }
    }

    @Override
    public void widen(long halves, long floats, int count) {
        widen(halves, floats, 0, count);
    }

    /** Leaves out those before {@code from}. */
    static void widen(long halves, long floats, int from, int count) {
        for (int i = from; i < count; i++) {
            short half = Memory.ALL.get(JAVA_SHORT_UNALIGNED, halves + (long) i * Short.BYTES);
            Memory.ALL.set(JAVA_FLOAT_UNALIGNED, floats + (long) i * Float.BYTES, Float.float16ToFloat(half));
        }
    }

    private static float load(long address, int index) {
        return Memory.ALL.get(JAVA_FLOAT_UNALIGNED, address + (long) index * Float.BYTES);
    }
}
