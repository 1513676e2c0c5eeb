package io.augserve.onnx.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;

/** {@link TileMath} in plain Java. */
final class ScalarTileMath implements TileMath {
    @Override
    public void scores(Tile tile, int firstRow, MemorySegment keys, long offset, long stride, int columns) {
        int size = tile.headSize;
        for (int row = firstRow; row < tile.rows; row++) {
            for (int column = 0; column < columns; column++) {
                long key = offset + column * stride;
                float sum = 0;
                for (int d = 0; d < size; d++) {
                    sum += tile.queries[row * size + d] * keys.get(JAVA_FLOAT, key + (long) d * Float.BYTES);
                }
                tile.scores[row * Tile.COLUMNS + column] = sum;
            }
        }
    }

    @Override
    public void mix(Tile tile, int firstRow, MemorySegment values, long offset, long stride, int columns) {
        int size = tile.headSize;
        for (int row = firstRow; row < tile.rows; row++) {
            for (int column = 0; column < columns; column++) {
                long value = offset + column * stride;
                float weight = tile.scores[row * Tile.COLUMNS + column];
                for (int d = 0; d < size; d++) {
                    tile.sums[row * size + d] += weight * values.get(JAVA_FLOAT, value + (long) d * Float.BYTES);
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
}
