package io.augserve.onnx.kernel;

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
    static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED.length() > KvLayout.PANEL
            ? FloatVector.SPECIES_512
            : FloatVector.SPECIES_PREFERRED;
    static final int WIDTH = LANES.length();
    private static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, LANES.vectorShape());
    private static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class,
            VectorShape.forBitSize(LANES.vectorBitSize() / 2));
    private static final ByteOrder ORDER = ByteOrder.nativeOrder();
    static final int PANEL = KvLayout.PANEL;
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
            VectorScores.scores4(tile, row);
        }
        for (; row < tile.rows; row += 2) {
            VectorScores.scores2(tile, row);
        }
    }

    @Override
    public void mix(Tile tile, int firstRow, int from, int to) {
        int row = firstRow;
        for (; FOUR_ROWS && row + 2 < tile.rows; row += 4) {
            VectorMix.mix4(tile, row, from, to);
        }
        for (; row < tile.rows; row += 2) {
            VectorMix.mix2(tile, row, from, to);
        }
        if (LANES.loopBound(tile.headSize) < tile.headSize) {
            VectorMix.mixRest(tile, firstRow, from, to);
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

    /** The vector at an address. */
    static FloatVector load(long address) {
        return FloatVector.fromMemorySegment(LANES, Memory.ALL, address, ORDER);
    }
}
