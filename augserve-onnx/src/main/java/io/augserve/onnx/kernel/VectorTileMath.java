package io.augserve.onnx.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link TileMath} with the Vector API, for panels of 16 positions. A group of rows and vectors is kept in registers, so that a loaded vector serves
 * several queries: 4 rows x 4 vectors, or 2 x 4 for the last rows (decode of grouped heads) and where there are few registers. Scores have a lane per
 * key and need no sum across lanes; sums have a lane per element of the head. At the edges a group repeats its last vector instead of shrinking; the
 * same value is then stored twice, or into the spare row. What a head size leaves over beyond whole vectors is done one by one.
 *
 * <p>exp(x) is 2^n * exp(r) with n = round(x / ln 2) and |r| &lt;= ln(2) / 2 (Cody and Waite's reduction, ln 2 in two parts), exp(r) by its Taylor
 * polynomial of degree 6, relative error below 2e-7. Adding and subtracting 1.5 * 2^23 rounds, and leaves n in the low bits.
 *
 * <p>A half is widened by moving its exponent and mantissa to a float's place, which is short of 2^112 by the two biases, and multiplying by that:
 * subnormal halves come out right too.
 */
final class VectorTileMath implements TileMath {
    /** At most a panel. */
    private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED.length() > KvLayout.PANEL
            ? FloatVector.SPECIES_512
            : FloatVector.SPECIES_PREFERRED;
    private static final int WIDTH = LANES.length();
    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, LANES.vectorShape());
    private static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class,
            VectorShape.forBitSize(LANES.vectorBitSize() / 2));
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    private static final int PANEL = KvLayout.PANEL;
    private static final int VECTORS_PER_PANEL = PANEL / WIDTH;
    /** 4 x 4 sums need more registers than the shorter vectors have. */
    private static final boolean FOUR_ROWS = WIDTH >= 16;

    private static final float ROUNDING = 0x1.8p23f;
    private static final float LOG2_E = (float) (1 / Math.log(2));
    /** ln 2 in 9 bits, so that n times it is exact. */
    private static final float LN2_HIGH = 0x1.63p-1f;
    private static final float LN2_LOW = (float) (Math.log(2) - LN2_HIGH);
    /** exp of less than this is as good as 0, and 2^n stays a normal number. */
    private static final float SMALLEST_EXPONENT = -86f;
    private static final int MANTISSA_BITS = 23;
    private static final float HALF_BIAS = 0x1p112f;
    private static final int HALF_SHIFT = 13;

    @Override
    public void scores(Tile tile, int firstRow) {
        int row = firstRow;
        for (; FOUR_ROWS && row + 2 < tile.rows; row += 4) {
            scores4(tile, row);
        }
        for (; row < tile.rows; row += 2) {
            scores2(tile, row);
        }
    }

    private static long address(Tile tile, int vector) {
        return tile.addresses[vector / VECTORS_PER_PANEL] + (long) (vector % VECTORS_PER_PANEL) * WIDTH * Float.BYTES;
    }

    /** 4 rows by 4 vectors of keys. */
    private static void scores4(Tile tile, int row) {
        float[] q = tile.queries;
        int size = tile.headSize;
        int last = tile.panels * VECTORS_PER_PANEL - 1;
        int q0 = row * size;
        int q1 = q0 + size;
        int q2 = q1 + size;
        int q3 = q2 + size;
        for (int vector = 0; vector <= last; vector += 4) {
            int second = Math.min(vector + 1, last);
            int third = Math.min(vector + 2, last);
            int fourth = Math.min(vector + 3, last);
            long k0 = address(tile, vector);
            long k1 = address(tile, second);
            long k2 = address(tile, third);
            long k3 = address(tile, fourth);
            FloatVector s00 = FloatVector.zero(LANES);
            FloatVector s01 = FloatVector.zero(LANES);
            FloatVector s02 = FloatVector.zero(LANES);
            FloatVector s03 = FloatVector.zero(LANES);
            FloatVector s10 = FloatVector.zero(LANES);
            FloatVector s11 = FloatVector.zero(LANES);
            FloatVector s12 = FloatVector.zero(LANES);
            FloatVector s13 = FloatVector.zero(LANES);
            FloatVector s20 = FloatVector.zero(LANES);
            FloatVector s21 = FloatVector.zero(LANES);
            FloatVector s22 = FloatVector.zero(LANES);
            FloatVector s23 = FloatVector.zero(LANES);
            FloatVector s30 = FloatVector.zero(LANES);
            FloatVector s31 = FloatVector.zero(LANES);
            FloatVector s32 = FloatVector.zero(LANES);
            FloatVector s33 = FloatVector.zero(LANES);
            for (int d = 0; d < size; d++) {
                long at = (long) d * PANEL * Float.BYTES;
                FloatVector a = load(k0 + at);
                FloatVector b = load(k1 + at);
                FloatVector c = load(k2 + at);
                FloatVector e = load(k3 + at);
                FloatVector x = FloatVector.broadcast(LANES, q[q0 + d]);
                s00 = x.fma(a, s00);
                s01 = x.fma(b, s01);
                s02 = x.fma(c, s02);
                s03 = x.fma(e, s03);
                x = FloatVector.broadcast(LANES, q[q1 + d]);
                s10 = x.fma(a, s10);
                s11 = x.fma(b, s11);
                s12 = x.fma(c, s12);
                s13 = x.fma(e, s13);
                x = FloatVector.broadcast(LANES, q[q2 + d]);
                s20 = x.fma(a, s20);
                s21 = x.fma(b, s21);
                s22 = x.fma(c, s22);
                s23 = x.fma(e, s23);
                x = FloatVector.broadcast(LANES, q[q3 + d]);
                s30 = x.fma(a, s30);
                s31 = x.fma(b, s31);
                s32 = x.fma(c, s32);
                s33 = x.fma(e, s33);
            }
            int at = row * Tile.COLUMNS;
            s00.intoArray(tile.scores, at + vector * WIDTH);
            s01.intoArray(tile.scores, at + second * WIDTH);
            s02.intoArray(tile.scores, at + third * WIDTH);
            s03.intoArray(tile.scores, at + fourth * WIDTH);
            at += Tile.COLUMNS;
            s10.intoArray(tile.scores, at + vector * WIDTH);
            s11.intoArray(tile.scores, at + second * WIDTH);
            s12.intoArray(tile.scores, at + third * WIDTH);
            s13.intoArray(tile.scores, at + fourth * WIDTH);
            at += Tile.COLUMNS;
            s20.intoArray(tile.scores, at + vector * WIDTH);
            s21.intoArray(tile.scores, at + second * WIDTH);
            s22.intoArray(tile.scores, at + third * WIDTH);
            s23.intoArray(tile.scores, at + fourth * WIDTH);
            at += Tile.COLUMNS;
            s30.intoArray(tile.scores, at + vector * WIDTH);
            s31.intoArray(tile.scores, at + second * WIDTH);
            s32.intoArray(tile.scores, at + third * WIDTH);
            s33.intoArray(tile.scores, at + fourth * WIDTH);
        }
    }

    /** 2 rows by 4 vectors of keys. */
    private static void scores2(Tile tile, int row) {
        float[] q = tile.queries;
        int size = tile.headSize;
        int last = tile.panels * VECTORS_PER_PANEL - 1;
        int q0 = row * size;
        int q1 = q0 + size;
        for (int vector = 0; vector <= last; vector += 4) {
            int second = Math.min(vector + 1, last);
            int third = Math.min(vector + 2, last);
            int fourth = Math.min(vector + 3, last);
            long k0 = address(tile, vector);
            long k1 = address(tile, second);
            long k2 = address(tile, third);
            long k3 = address(tile, fourth);
            FloatVector s00 = FloatVector.zero(LANES);
            FloatVector s01 = FloatVector.zero(LANES);
            FloatVector s02 = FloatVector.zero(LANES);
            FloatVector s03 = FloatVector.zero(LANES);
            FloatVector s10 = FloatVector.zero(LANES);
            FloatVector s11 = FloatVector.zero(LANES);
            FloatVector s12 = FloatVector.zero(LANES);
            FloatVector s13 = FloatVector.zero(LANES);
            for (int d = 0; d < size; d++) {
                long at = (long) d * PANEL * Float.BYTES;
                FloatVector a = load(k0 + at);
                FloatVector b = load(k1 + at);
                FloatVector c = load(k2 + at);
                FloatVector e = load(k3 + at);
                FloatVector x = FloatVector.broadcast(LANES, q[q0 + d]);
                s00 = x.fma(a, s00);
                s01 = x.fma(b, s01);
                s02 = x.fma(c, s02);
                s03 = x.fma(e, s03);
                x = FloatVector.broadcast(LANES, q[q1 + d]);
                s10 = x.fma(a, s10);
                s11 = x.fma(b, s11);
                s12 = x.fma(c, s12);
                s13 = x.fma(e, s13);
            }
            int at = row * Tile.COLUMNS;
            s00.intoArray(tile.scores, at + vector * WIDTH);
            s01.intoArray(tile.scores, at + second * WIDTH);
            s02.intoArray(tile.scores, at + third * WIDTH);
            s03.intoArray(tile.scores, at + fourth * WIDTH);
            at += Tile.COLUMNS;
            s10.intoArray(tile.scores, at + vector * WIDTH);
            s11.intoArray(tile.scores, at + second * WIDTH);
            s12.intoArray(tile.scores, at + third * WIDTH);
            s13.intoArray(tile.scores, at + fourth * WIDTH);
        }
    }

    @Override
    public void mix(Tile tile, int firstRow, int from, int to) {
        int row = firstRow;
        for (; FOUR_ROWS && row + 2 < tile.rows; row += 4) {
            mix4(tile, row, from, to);
        }
        for (; row < tile.rows; row += 2) {
            mix2(tile, row, from, to);
        }
        if (LANES.loopBound(tile.headSize) < tile.headSize) {
            mixRest(tile, firstRow, from, to);
        }
    }

    /** 4 rows by 4 vectors of the value. */
    private static void mix4(Tile tile, int row, int from, int to) {
        float[] sums = tile.sums;
        float[] weights = tile.scores;
        long[] addresses = tile.addresses;
        int size = tile.headSize;
        int whole = LANES.loopBound(size);
        int last = whole - WIDTH;
        int r0 = row * size;
        int r1 = r0 + size;
        int r2 = r1 + size;
        int r3 = r2 + size;
        int w0 = row * Tile.COLUMNS;
        int w1 = w0 + Tile.COLUMNS;
        int w2 = w1 + Tile.COLUMNS;
        int w3 = w2 + Tile.COLUMNS;
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
            FloatVector s20 = FloatVector.fromArray(LANES, sums, r2 + d);
            FloatVector s21 = FloatVector.fromArray(LANES, sums, r2 + e);
            FloatVector s22 = FloatVector.fromArray(LANES, sums, r2 + f);
            FloatVector s23 = FloatVector.fromArray(LANES, sums, r2 + g);
            FloatVector s30 = FloatVector.fromArray(LANES, sums, r3 + d);
            FloatVector s31 = FloatVector.fromArray(LANES, sums, r3 + e);
            FloatVector s32 = FloatVector.fromArray(LANES, sums, r3 + f);
            FloatVector s33 = FloatVector.fromArray(LANES, sums, r3 + g);
            for (int column = from; column < to; column++) {
                long at = addresses[column / PANEL] + (long) (column % PANEL) * size * Float.BYTES;
                FloatVector v0 = load(at + (long) d * Float.BYTES);
                FloatVector v1 = load(at + (long) e * Float.BYTES);
                FloatVector v2 = load(at + (long) f * Float.BYTES);
                FloatVector v3 = load(at + (long) g * Float.BYTES);
                FloatVector weight = FloatVector.broadcast(LANES, weights[w0 + column]);
                s00 = weight.fma(v0, s00);
                s01 = weight.fma(v1, s01);
                s02 = weight.fma(v2, s02);
                s03 = weight.fma(v3, s03);
                weight = FloatVector.broadcast(LANES, weights[w1 + column]);
                s10 = weight.fma(v0, s10);
                s11 = weight.fma(v1, s11);
                s12 = weight.fma(v2, s12);
                s13 = weight.fma(v3, s13);
                weight = FloatVector.broadcast(LANES, weights[w2 + column]);
                s20 = weight.fma(v0, s20);
                s21 = weight.fma(v1, s21);
                s22 = weight.fma(v2, s22);
                s23 = weight.fma(v3, s23);
                weight = FloatVector.broadcast(LANES, weights[w3 + column]);
                s30 = weight.fma(v0, s30);
                s31 = weight.fma(v1, s31);
                s32 = weight.fma(v2, s32);
                s33 = weight.fma(v3, s33);
            }
            s00.intoArray(sums, r0 + d);
            s01.intoArray(sums, r0 + e);
            s02.intoArray(sums, r0 + f);
            s03.intoArray(sums, r0 + g);
            s10.intoArray(sums, r1 + d);
            s11.intoArray(sums, r1 + e);
            s12.intoArray(sums, r1 + f);
            s13.intoArray(sums, r1 + g);
            s20.intoArray(sums, r2 + d);
            s21.intoArray(sums, r2 + e);
            s22.intoArray(sums, r2 + f);
            s23.intoArray(sums, r2 + g);
            s30.intoArray(sums, r3 + d);
            s31.intoArray(sums, r3 + e);
            s32.intoArray(sums, r3 + f);
            s33.intoArray(sums, r3 + g);
        }
    }

    /** 2 rows by 4 vectors of the value. */
    private static void mix2(Tile tile, int row, int from, int to) {
        float[] sums = tile.sums;
        float[] weights = tile.scores;
        long[] addresses = tile.addresses;
        int size = tile.headSize;
        int whole = LANES.loopBound(size);
        int last = whole - WIDTH;
        int r0 = row * size;
        int r1 = r0 + size;
        int w0 = row * Tile.COLUMNS;
        int w1 = w0 + Tile.COLUMNS;
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
            for (int column = from; column < to; column++) {
                long at = addresses[column / PANEL] + (long) (column % PANEL) * size * Float.BYTES;
                FloatVector v0 = load(at + (long) d * Float.BYTES);
                FloatVector v1 = load(at + (long) e * Float.BYTES);
                FloatVector v2 = load(at + (long) f * Float.BYTES);
                FloatVector v3 = load(at + (long) g * Float.BYTES);
                FloatVector weight = FloatVector.broadcast(LANES, weights[w0 + column]);
                s00 = weight.fma(v0, s00);
                s01 = weight.fma(v1, s01);
                s02 = weight.fma(v2, s02);
                s03 = weight.fma(v3, s03);
                weight = FloatVector.broadcast(LANES, weights[w1 + column]);
                s10 = weight.fma(v0, s10);
                s11 = weight.fma(v1, s11);
                s12 = weight.fma(v2, s12);
                s13 = weight.fma(v3, s13);
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

    private static void mixRest(Tile tile, int firstRow, int from, int to) {
        int size = tile.headSize;
        for (int row = firstRow; row < tile.rows; row++) {
            for (int d = LANES.loopBound(size); d < size; d++) {
                float sum = tile.sums[row * size + d];
                for (int column = from; column < to; column++) {
                    long value = tile.addresses[column / PANEL] + ((long) (column % PANEL) * size + d) * Float.BYTES;
                    sum += tile.scores[row * Tile.COLUMNS + column] * Memory.ALL.get(JAVA_FLOAT_UNALIGNED, value);
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

    @Override
    public void addScaled(float[] x, int fromX, float[] y, int fromY, int count, float factor) {
        int i = 0;
        for (; i + WIDTH <= count; i += WIDTH) {
            FloatVector.fromArray(LANES, y, fromY + i).mul(factor).add(FloatVector.fromArray(LANES, x, fromX + i))
                    .intoArray(x, fromX + i);
        }
        for (; i < count; i++) {
            x[fromX + i] += factor * y[fromY + i];
        }
    }

    @Override
    public void rotate(float[] x, int at, int half, long cos, long sin) {
        int i = 0;
        for (; i + WIDTH <= half; i += WIDTH) {
            FloatVector a = FloatVector.fromArray(LANES, x, at + i);
            FloatVector b = FloatVector.fromArray(LANES, x, at + half + i);
            FloatVector c = load(cos + (long) i * Float.BYTES);
            FloatVector s = load(sin + (long) i * Float.BYTES);
            a.mul(c).sub(b.mul(s)).intoArray(x, at + i);
            b.mul(c).add(a.mul(s)).intoArray(x, at + half + i);
        }
        ScalarTileMath.rotate(x, at, half, i, cos, sin);
    }

    @Override
    public void widen(long halves, long floats, int count) {
        int i = 0;
        for (; i + WIDTH <= count; i += WIDTH) {
            IntVector half = (IntVector) ShortVector
                    .fromMemorySegment(SHORTS, Memory.ALL, halves + (long) i * Short.BYTES, ORDER)
                    .convertShape(VectorOperators.S2I, INTS, 0);
            IntVector magnitude = half.and(0x7FFF).lanewise(VectorOperators.LSHL, HALF_SHIFT);
            IntVector sign = half.and(0x80000000);
            magnitude.reinterpretAsFloats().mul(HALF_BIAS).reinterpretAsInts().or(sign).reinterpretAsFloats()
                    .intoMemorySegment(Memory.ALL, floats + (long) i * Float.BYTES, ORDER);
        }
        ScalarTileMath.widen(halves, floats, i, count);
    }

    private static FloatVector load(long address) {
        return FloatVector.fromMemorySegment(LANES, Memory.ALL, address, ORDER);
    }
}
