package io.augserve.onnx.linear;

import java.util.Optional;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link ProductMath} with the Vector API. Lanes are not added up by {@code reduceLanes}, whose order is not specified and differs between the
 * interpreter and the JIT, but by a tree that folds two vectors into one at every step: as many vectors as there are lanes become one of their sums.
 *
 * <p>exp(x) is 2^n * exp(r) with n = round(x / ln 2) and |r| &lt;= ln(2) / 2 (Cody and Waite's reduction), exp(r) by its Taylor polynomial of degree 6,
 * relative error below 2e-7.
 */
final class VectorProductMath implements ProductMath {
    private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;
    private static final int WIDTH = LANES.length();

    private static final VectorMask<Float> UPPER_8 = upper(8);
    private static final VectorMask<Float> UPPER_4 = upper(4);
    private static final VectorMask<Float> UPPER_2 = upper(2);
    private static final VectorMask<Float> UPPER_1 = upper(1);
    private static final VectorShuffle<Float> SWAP_8 = swap(8);
    private static final VectorShuffle<Float> SWAP_4 = swap(4);
    private static final VectorShuffle<Float> SWAP_2 = swap(2);
    private static final VectorShuffle<Float> SWAP_1 = swap(1);

    private static final float ROUNDING = 0x1.8p23f;
    private static final float LOG2_E = (float) (1 / Math.log(2));
    private static final float LN2_HIGH = 0x1.63p-1f;
    private static final float LN2_LOW = (float) (Math.log(2) - LN2_HIGH);
    private static final float LARGEST_EXPONENT = 86;

    /** The lanes whose number has this bit. */
    private static VectorMask<Float> upper(int bit) {
        boolean[] set = new boolean[WIDTH];
        for (int lane = 0; lane < WIDTH; lane++) {
            set[lane] = (lane & bit) != 0;
        }
        return VectorMask.fromArray(LANES, set, 0);
    }

    private static VectorShuffle<Float> swap(int distance) {
        return VectorShuffle.fromOp(LANES, lane -> (lane ^ distance) % WIDTH);
    }

    @Override
    public int lanes() {
        return WIDTH;
    }

    @Override
    public RowDecoder decoder(RowLayout layout) {
        return VectorDecoder.of(layout);
    }

    @Override
    public PanelMath panels() {
        return VectorPanelMath.isPossible() ? new VectorPanelMath() : new PanelMath.Scalar();
    }

    @Override
    public Optional<RowKernel> rowKernel(RowLayout layout) {
        return VectorRowKernel.of(layout);
    }

    @Override
    public void accumulate(int rows, float[] x, int xAt, float[] w, int wAt, int vectors, float[] accumulators,
            int at) {
        VectorTiles.accumulate(rows, x, xAt, w, wAt, vectors, accumulators, at);
    }

    @Override
    public void fold(float[] accumulators, int at, int count, float[] sums, int sumsAt) {
        for (int done = 0; done < count; done += WIDTH) {
            int from = at + done * WIDTH;
            if (WIDTH > 8) {
                fold8(accumulators, from);
            }
            if (WIDTH > 4) {
                fold4(accumulators, from);
            }
            fold2(accumulators, from);
            fold(FloatVector.fromArray(LANES, accumulators, from),
                    FloatVector.fromArray(LANES, accumulators, from + WIDTH), UPPER_1, SWAP_1)
                    .intoArray(sums, sumsAt + done);
        }
    }

    private static void fold8(float[] sums, int at) {
        for (int i = at; i < at + 8 * WIDTH; i += WIDTH) {
            fold(FloatVector.fromArray(LANES, sums, i), FloatVector.fromArray(LANES, sums, i + 8 * WIDTH), UPPER_8,
                    SWAP_8).intoArray(sums, i);
        }
    }

    private static void fold4(float[] sums, int at) {
        for (int i = at; i < at + 4 * WIDTH; i += WIDTH) {
            fold(FloatVector.fromArray(LANES, sums, i), FloatVector.fromArray(LANES, sums, i + 4 * WIDTH), UPPER_4,
                    SWAP_4).intoArray(sums, i);
        }
    }

    private static void fold2(float[] sums, int at) {
        for (int i = at; i < at + 2 * WIDTH; i += WIDTH) {
            fold(FloatVector.fromArray(LANES, sums, i), FloatVector.fromArray(LANES, sums, i + 2 * WIDTH), UPPER_2,
                    SWAP_2).intoArray(sums, i);
        }
    }

    /** In the lower lanes the sums of a's lower and upper ones, in the upper lanes those of b. */
    private static FloatVector fold(FloatVector a, FloatVector b, VectorMask<Float> upper, VectorShuffle<Float> swap) {
        return a.blend(b, upper).add(b.blend(a, upper).rearrange(swap));
    }

    @Override
    public void gate(float[] gate, float[] up, int count) {
        for (int i = 0; i < count; i += WIDTH) {
            FloatVector x = FloatVector.fromArray(LANES, gate, i);
            x.div(exp(x.neg()).add(1)).mul(FloatVector.fromArray(LANES, up, i)).intoArray(gate, i);
        }
    }

    /** Of what lies beyond the largest exponent in either direction, exp is that of the exponent: silu no longer feels it. */
    private static FloatVector exp(FloatVector x) {
        FloatVector bounded = x.min(LARGEST_EXPONENT).max(-LARGEST_EXPONENT);
        FloatVector shifted = bounded.mul(LOG2_E).add(ROUNDING);
        FloatVector n = shifted.sub(ROUNDING);
        FloatVector r = n.fma(FloatVector.broadcast(LANES, -LN2_HIGH), bounded);
        r = n.fma(FloatVector.broadcast(LANES, -LN2_LOW), r);
        FloatVector p = FloatVector.broadcast(LANES, 1 / 720f);
        p = p.fma(r, FloatVector.broadcast(LANES, 1 / 120f));
        p = p.fma(r, FloatVector.broadcast(LANES, 1 / 24f));
        p = p.fma(r, FloatVector.broadcast(LANES, 1 / 6f));
        p = p.fma(r, FloatVector.broadcast(LANES, 0.5f));
        p = p.fma(r, FloatVector.broadcast(LANES, 1));
        p = p.fma(r, FloatVector.broadcast(LANES, 1));
        IntVector exponent = shifted.reinterpretAsInts()
                .sub(Float.floatToRawIntBits(ROUNDING)).add(127);
        return p.mul(exponent.lanewise(jdk.incubator.vector.VectorOperators.LSHL, 23).reinterpretAsFloats());
    }
}
