package io.augserve.onnx.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link TileMath} with the Vector API, lanes along the head. A group of rows and columns is kept in registers, so that a loaded key serves several
 * queries: 4 rows x 2 columns, or 2 x 4 for the last rows (decode of grouped heads). At the edges a group repeats its last column or chunk instead of
 * shrinking; the same value is then stored twice, or into padding. What a head size leaves over beyond whole vectors is done one by one.
 *
 * <p>exp(x) is 2^n * exp(r) with n = round(x / ln 2) and |r| &lt;= ln(2) / 2 (Cody and Waite's reduction, ln 2 in two parts), exp(r) by its Taylor
 * polynomial of degree 6, relative error below 2e-7. Adding and subtracting 1.5 * 2^23 rounds, and leaves n in the low bits.
 */
final class VectorTileMath implements TileMath {
    private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;
    private static final int WIDTH = LANES.length();
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();

    private static final float ROUNDING = 0x1.8p23f;
    private static final float LOG2_E = (float) (1 / Math.log(2));
    /** ln 2 in 9 bits, so that n times it is exact. */
    private static final float LN2_HIGH = 0x1.63p-1f;
    private static final float LN2_LOW = (float) (Math.log(2) - LN2_HIGH);
    /** exp of less than this is as good as 0, and 2^n stays a normal number. */
    private static final float SMALLEST_EXPONENT = -86f;
    private static final int MANTISSA_BITS = 23;

    @Override
    public void scores(Tile tile, int firstRow, MemorySegment keys, long offset, long stride, int columns) {
        int row = firstRow;
        for (; row + 2 < tile.rows; row += 4) {
            scores4x2(tile, row, keys, offset, stride, columns);
        }
        for (; row < tile.rows; row += 2) {
            scores2x4(tile, row, keys, offset, stride, columns);
        }
    }

    private static void scores4x2(Tile tile, int row, MemorySegment keys, long offset, long stride, int columns) {
        float[] q = tile.queries;
        int size = tile.headSize;
        int whole = LANES.loopBound(size);
        int q0 = row * size;
        int q1 = q0 + size;
        int q2 = q1 + size;
        int q3 = q2 + size;
        for (int column = 0; column < columns; column += 2) {
            long k0 = offset + column * stride;
            long k1 = offset + Math.min(column + 1, columns - 1) * stride;
            FloatVector s00 = FloatVector.zero(LANES);
            FloatVector s01 = s00;
            FloatVector s10 = s00;
            FloatVector s11 = s00;
            FloatVector s20 = s00;
            FloatVector s21 = s00;
            FloatVector s30 = s00;
            FloatVector s31 = s00;
            for (int d = 0; d < whole; d += WIDTH) {
                FloatVector a = load(keys, k0, d);
                FloatVector b = load(keys, k1, d);
                FloatVector x = FloatVector.fromArray(LANES, q, q0 + d);
                s00 = x.fma(a, s00);
                s01 = x.fma(b, s01);
                x = FloatVector.fromArray(LANES, q, q1 + d);
                s10 = x.fma(a, s10);
                s11 = x.fma(b, s11);
                x = FloatVector.fromArray(LANES, q, q2 + d);
                s20 = x.fma(a, s20);
                s21 = x.fma(b, s21);
                x = FloatVector.fromArray(LANES, q, q3 + d);
                s30 = x.fma(a, s30);
                s31 = x.fma(b, s31);
            }
            store(tile, row, column, s00, s01);
            store(tile, row + 1, column, s10, s11);
            store(tile, row + 2, column, s20, s21);
            store(tile, row + 3, column, s30, s31);
            if (whole < size) {
                addRest(tile, row, 4, column, keys, k0, whole);
                addRest(tile, row, 4, column + 1, keys, k1, whole);
            }
        }
    }

    private static void scores2x4(Tile tile, int row, MemorySegment keys, long offset, long stride, int columns) {
        float[] q = tile.queries;
        int size = tile.headSize;
        int whole = LANES.loopBound(size);
        int last = columns - 1;
        int q0 = row * size;
        int q1 = q0 + size;
        for (int column = 0; column < columns; column += 4) {
            long k0 = offset + column * stride;
            long k1 = offset + Math.min(column + 1, last) * stride;
            long k2 = offset + Math.min(column + 2, last) * stride;
            long k3 = offset + Math.min(column + 3, last) * stride;
            FloatVector s00 = FloatVector.zero(LANES);
            FloatVector s01 = s00;
            FloatVector s02 = s00;
            FloatVector s03 = s00;
            FloatVector s10 = s00;
            FloatVector s11 = s00;
            FloatVector s12 = s00;
            FloatVector s13 = s00;
            for (int d = 0; d < whole; d += WIDTH) {
                FloatVector x = FloatVector.fromArray(LANES, q, q0 + d);
                FloatVector y = FloatVector.fromArray(LANES, q, q1 + d);
                FloatVector key = load(keys, k0, d);
                s00 = x.fma(key, s00);
                s10 = y.fma(key, s10);
                key = load(keys, k1, d);
                s01 = x.fma(key, s01);
                s11 = y.fma(key, s11);
                key = load(keys, k2, d);
                s02 = x.fma(key, s02);
                s12 = y.fma(key, s12);
                key = load(keys, k3, d);
                s03 = x.fma(key, s03);
                s13 = y.fma(key, s13);
            }
            store(tile, row, column, s00, s01);
            store(tile, row, column + 2, s02, s03);
            store(tile, row + 1, column, s10, s11);
            store(tile, row + 1, column + 2, s12, s13);
            if (whole < size) {
                addRest(tile, row, 2, column, keys, k0, whole);
                addRest(tile, row, 2, column + 1, keys, k1, whole);
                addRest(tile, row, 2, column + 2, keys, k2, whole);
                addRest(tile, row, 2, column + 3, keys, k3, whole);
            }
        }
    }

    private static void store(Tile tile, int row, int column, FloatVector first, FloatVector second) {
        int at = row * Tile.COLUMNS + column;
        tile.scores[at] = first.reduceLanes(VectorOperators.ADD);
        tile.scores[at + 1] = second.reduceLanes(VectorOperators.ADD);
    }

    private static void addRest(Tile tile, int firstRow, int rows, int column, MemorySegment keys, long key, int from) {
        int size = tile.headSize;
        for (int row = firstRow; row < firstRow + rows; row++) {
            float sum = 0;
            for (int d = from; d < size; d++) {
                sum += tile.queries[row * size + d] * keys.get(JAVA_FLOAT, key + (long) d * Float.BYTES);
            }
            tile.scores[row * Tile.COLUMNS + column] += sum;
        }
    }

    @Override
    public void mix(Tile tile, int firstRow, MemorySegment values, long offset, long stride, int columns) {
        int row = firstRow;
        for (; row + 2 < tile.rows; row += 4) {
            mix4x2(tile, row, values, offset, stride, columns);
        }
        for (; row < tile.rows; row += 2) {
            mix2x4(tile, row, values, offset, stride, columns);
        }
        if (LANES.loopBound(tile.headSize) < tile.headSize) {
            mixRest(tile, firstRow, values, offset, stride, columns);
        }
    }

    /** 4 rows by 2 vectors of the value. */
    private static void mix4x2(Tile tile, int row, MemorySegment values, long offset, long stride, int columns) {
        float[] sums = tile.sums;
        float[] weights = tile.scores;
        int size = tile.headSize;
        int whole = LANES.loopBound(size);
        int w0 = row * Tile.COLUMNS;
        int w1 = w0 + Tile.COLUMNS;
        int w2 = w1 + Tile.COLUMNS;
        int w3 = w2 + Tile.COLUMNS;
        for (int d = 0; d < whole; d += 2 * WIDTH) {
            int e = Math.min(d + WIDTH, whole - WIDTH);
            int r0 = row * size;
            int r1 = r0 + size;
            int r2 = r1 + size;
            int r3 = r2 + size;
            FloatVector s00 = FloatVector.fromArray(LANES, sums, r0 + d);
            FloatVector s01 = FloatVector.fromArray(LANES, sums, r0 + e);
            FloatVector s10 = FloatVector.fromArray(LANES, sums, r1 + d);
            FloatVector s11 = FloatVector.fromArray(LANES, sums, r1 + e);
            FloatVector s20 = FloatVector.fromArray(LANES, sums, r2 + d);
            FloatVector s21 = FloatVector.fromArray(LANES, sums, r2 + e);
            FloatVector s30 = FloatVector.fromArray(LANES, sums, r3 + d);
            FloatVector s31 = FloatVector.fromArray(LANES, sums, r3 + e);
            long at = offset;
            for (int column = 0; column < columns; column++, at += stride) {
                FloatVector a = load(values, at, d);
                FloatVector b = load(values, at, e);
                FloatVector weight = FloatVector.broadcast(LANES, weights[w0 + column]);
                s00 = weight.fma(a, s00);
                s01 = weight.fma(b, s01);
                weight = FloatVector.broadcast(LANES, weights[w1 + column]);
                s10 = weight.fma(a, s10);
                s11 = weight.fma(b, s11);
                weight = FloatVector.broadcast(LANES, weights[w2 + column]);
                s20 = weight.fma(a, s20);
                s21 = weight.fma(b, s21);
                weight = FloatVector.broadcast(LANES, weights[w3 + column]);
                s30 = weight.fma(a, s30);
                s31 = weight.fma(b, s31);
            }
            s00.intoArray(sums, r0 + d);
            s01.intoArray(sums, r0 + e);
            s10.intoArray(sums, r1 + d);
            s11.intoArray(sums, r1 + e);
            s20.intoArray(sums, r2 + d);
            s21.intoArray(sums, r2 + e);
            s30.intoArray(sums, r3 + d);
            s31.intoArray(sums, r3 + e);
        }
    }

    /** 2 rows by 4 vectors of the value. */
    private static void mix2x4(Tile tile, int row, MemorySegment values, long offset, long stride, int columns) {
        float[] sums = tile.sums;
        float[] weights = tile.scores;
        int size = tile.headSize;
        int whole = LANES.loopBound(size);
        int last = whole - WIDTH;
        int w0 = row * Tile.COLUMNS;
        int w1 = w0 + Tile.COLUMNS;
        int r0 = row * size;
        int r1 = r0 + size;
        for (int d = 0; d < whole; d += 4 * WIDTH) {
            int e = Math.min(d + WIDTH, last);
            int f = Math.min(d + 2 * WIDTH, last);
            int g = Math.min(d + 3 * WIDTH, last);
            FloatVector s00 = FloatVector.fromArray(LANES, sums, r0 + d);
            FloatVector s01 = FloatVector.fromArray(LANES, sums, r0 + e);
            FloatVector s02 = FloatVector.fromArray(LANES, sums, r0 + f);
            FloatVector s03 = FloatVector.fromArray(LANES, sums, r0 + g);
            FloatVector s10 = FloatVector.fromArray(LANES, sums, r1 + d);
            FloatVector s11 = FloatVector.fromArray(LANES, sums, r1 + e);
            FloatVector s12 = FloatVector.fromArray(LANES, sums, r1 + f);
            FloatVector s13 = FloatVector.fromArray(LANES, sums, r1 + g);
            long at = offset;
            for (int column = 0; column < columns; column++, at += stride) {
                FloatVector x = FloatVector.broadcast(LANES, weights[w0 + column]);
                FloatVector y = FloatVector.broadcast(LANES, weights[w1 + column]);
                FloatVector value = load(values, at, d);
                s00 = x.fma(value, s00);
                s10 = y.fma(value, s10);
                value = load(values, at, e);
                s01 = x.fma(value, s01);
                s11 = y.fma(value, s11);
                value = load(values, at, f);
                s02 = x.fma(value, s02);
                s12 = y.fma(value, s12);
                value = load(values, at, g);
                s03 = x.fma(value, s03);
                s13 = y.fma(value, s13);
            }
            s00.intoArray(sums, r0 + d);
            s01.intoArray(sums, r0 + e);
            s02.intoArray(sums, r0 + f);
            s03.intoArray(sums, r0 + g);
            s10.intoArray(sums, r1 + d);
            s11.intoArray(sums, r1 + e);
            s12.intoArray(sums, r1 + f);
            s13.intoArray(sums, r1 + g);
        }
    }

    private static void mixRest(Tile tile, int firstRow, MemorySegment values, long offset, long stride, int columns) {
        int size = tile.headSize;
        for (int row = firstRow; row < tile.rows; row++) {
            for (int d = LANES.loopBound(size); d < size; d++) {
                float sum = tile.sums[row * size + d];
                for (int column = 0; column < columns; column++) {
                    sum += tile.scores[row * Tile.COLUMNS + column]
                            * values.get(JAVA_FLOAT, offset + column * stride + (long) d * Float.BYTES);
                }
                tile.sums[row * size + d] = sum;
            }
        }
    }

    @Override
    public float max(float[] x, int from, int to) {
        FloatVector max = FloatVector.broadcast(LANES, x[from]);
        int i = from;
        for (; i + WIDTH <= to; i += WIDTH) {
            max = max.max(FloatVector.fromArray(LANES, x, i));
        }
        float result = max.reduceLanes(VectorOperators.MAX);
        for (; i < to; i++) {
            result = Math.max(result, x[i]);
        }
        return result;
    }

    @Override
    public float expAndSum(float[] x, int from, int to, float shift) {
        FloatVector sum = FloatVector.zero(LANES);
        int i = from;
        for (; i + WIDTH <= to; i += WIDTH) {
            FloatVector e = exp(FloatVector.fromArray(LANES, x, i).sub(shift));
            e.intoArray(x, i);
            sum = sum.add(e);
        }
        if (i < to) {
            VectorMask<Float> rest = LANES.indexInRange(i, to);
            FloatVector e = exp(FloatVector.fromArray(LANES, x, i, rest).sub(shift));
            e.intoArray(x, i, rest);
            sum = sum.add(e, rest);
        }
        return sum.reduceLanes(VectorOperators.ADD);
    }

    private static FloatVector exp(FloatVector argument) {
        FloatVector x = argument.max(SMALLEST_EXPONENT);
        FloatVector shifted = x.fma(FloatVector.broadcast(LANES, LOG2_E), FloatVector.broadcast(LANES, ROUNDING));
        FloatVector n = shifted.sub(ROUNDING);
        FloatVector r = n.fma(FloatVector.broadcast(LANES, -LN2_HIGH), x);
        r = n.fma(FloatVector.broadcast(LANES, -LN2_LOW), r);
        FloatVector p = FloatVector.broadcast(LANES, 1f / 720);
        p = p.fma(r, FloatVector.broadcast(LANES, 1f / 120));
        p = p.fma(r, FloatVector.broadcast(LANES, 1f / 24));
        p = p.fma(r, FloatVector.broadcast(LANES, 1f / 6));
        p = p.fma(r, FloatVector.broadcast(LANES, 1f / 2));
        p = p.fma(r, FloatVector.broadcast(LANES, 1f));
        p = p.fma(r, FloatVector.broadcast(LANES, 1f));
        IntVector exponent = shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, MANTISSA_BITS);
        return p.reinterpretAsInts().add(exponent).reinterpretAsFloats();
    }

    @Override
    public void scale(float[] x, int from, int to, float factor) {
        int i = from;
        for (; i + WIDTH <= to; i += WIDTH) {
            FloatVector.fromArray(LANES, x, i).mul(factor).intoArray(x, i);
        }
        for (; i < to; i++) {
            x[i] *= factor;
        }
    }

    private static FloatVector load(MemorySegment memory, long row, int element) {
        return FloatVector.fromMemorySegment(LANES, memory, row + (long) element * Float.BYTES, ORDER);
    }
}
