package io.augserve.onnx.linear;

import static io.augserve.onnx.linear.PanelLayout.ROWS;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The tiles of {@link PanelMath#accumulate} over four vectors of columns, written out so that the JIT keeps every sum in a register of its own; with 512
 * bits there are 32. Six rows do 24 multiplications for 10 loads.
 */
final class PanelTiles {
    private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;
    private static final int WIDTH = LANES.length();
    /** Columns of a tile. */
    private static final int COLUMNS = 4 * WIDTH;

    private PanelTiles() {}

    static void accumulate(int rows, float[] x, int xAt, int stride, float[] w, int count, float[] sums, int at) {
        for (int column = 0; column < ROWS; column += COLUMNS) {
            switch (rows) {
                case 6 -> tile6(x, xAt, stride, w, column, count, sums, at + column);
                case 4 -> tile4(x, xAt, stride, w, column, count, sums, at + column);
                case 2 -> tile2(x, xAt, stride, w, column, count, sums, at + column);
                case 1 -> tile1(x, xAt, w, column, count, sums, at + column);
                default -> throw new IllegalArgumentException("no tile has " + rows + " rows");
            }
        }
    }

    private static void tile6(float[] x, int xAt, int stride, float[] w, int wAt, int count, float[] sums, int at) {
        FloatVector s0 = FloatVector.fromArray(LANES, sums, at);
        FloatVector s1 = FloatVector.fromArray(LANES, sums, at + WIDTH);
        FloatVector s2 = FloatVector.fromArray(LANES, sums, at + 2 * WIDTH);
        FloatVector s3 = FloatVector.fromArray(LANES, sums, at + 3 * WIDTH);
        FloatVector s4 = FloatVector.fromArray(LANES, sums, at + ROWS);
        FloatVector s5 = FloatVector.fromArray(LANES, sums, at + ROWS + WIDTH);
        FloatVector s6 = FloatVector.fromArray(LANES, sums, at + ROWS + 2 * WIDTH);
        FloatVector s7 = FloatVector.fromArray(LANES, sums, at + ROWS + 3 * WIDTH);
        FloatVector s8 = FloatVector.fromArray(LANES, sums, at + 2 * ROWS);
        FloatVector s9 = FloatVector.fromArray(LANES, sums, at + 2 * ROWS + WIDTH);
        FloatVector s10 = FloatVector.fromArray(LANES, sums, at + 2 * ROWS + 2 * WIDTH);
        FloatVector s11 = FloatVector.fromArray(LANES, sums, at + 2 * ROWS + 3 * WIDTH);
        FloatVector s12 = FloatVector.fromArray(LANES, sums, at + 3 * ROWS);
        FloatVector s13 = FloatVector.fromArray(LANES, sums, at + 3 * ROWS + WIDTH);
        FloatVector s14 = FloatVector.fromArray(LANES, sums, at + 3 * ROWS + 2 * WIDTH);
        FloatVector s15 = FloatVector.fromArray(LANES, sums, at + 3 * ROWS + 3 * WIDTH);
        FloatVector s16 = FloatVector.fromArray(LANES, sums, at + 4 * ROWS);
        FloatVector s17 = FloatVector.fromArray(LANES, sums, at + 4 * ROWS + WIDTH);
        FloatVector s18 = FloatVector.fromArray(LANES, sums, at + 4 * ROWS + 2 * WIDTH);
        FloatVector s19 = FloatVector.fromArray(LANES, sums, at + 4 * ROWS + 3 * WIDTH);
        FloatVector s20 = FloatVector.fromArray(LANES, sums, at + 5 * ROWS);
        FloatVector s21 = FloatVector.fromArray(LANES, sums, at + 5 * ROWS + WIDTH);
        FloatVector s22 = FloatVector.fromArray(LANES, sums, at + 5 * ROWS + 2 * WIDTH);
        FloatVector s23 = FloatVector.fromArray(LANES, sums, at + 5 * ROWS + 3 * WIDTH);
        int q = wAt;
        for (int p = xAt; p < xAt + count; p++, q += ROWS) {
            FloatVector w0 = FloatVector.fromArray(LANES, w, q);
            FloatVector w1 = FloatVector.fromArray(LANES, w, q + WIDTH);
            FloatVector w2 = FloatVector.fromArray(LANES, w, q + 2 * WIDTH);
            FloatVector w3 = FloatVector.fromArray(LANES, w, q + 3 * WIDTH);
            FloatVector v = FloatVector.broadcast(LANES, x[p]);
            s0 = v.fma(w0, s0);
            s1 = v.fma(w1, s1);
            s2 = v.fma(w2, s2);
            s3 = v.fma(w3, s3);
            v = FloatVector.broadcast(LANES, x[p + stride]);
            s4 = v.fma(w0, s4);
            s5 = v.fma(w1, s5);
            s6 = v.fma(w2, s6);
            s7 = v.fma(w3, s7);
            v = FloatVector.broadcast(LANES, x[p + 2 * stride]);
            s8 = v.fma(w0, s8);
            s9 = v.fma(w1, s9);
            s10 = v.fma(w2, s10);
            s11 = v.fma(w3, s11);
            v = FloatVector.broadcast(LANES, x[p + 3 * stride]);
            s12 = v.fma(w0, s12);
            s13 = v.fma(w1, s13);
            s14 = v.fma(w2, s14);
            s15 = v.fma(w3, s15);
            v = FloatVector.broadcast(LANES, x[p + 4 * stride]);
            s16 = v.fma(w0, s16);
            s17 = v.fma(w1, s17);
            s18 = v.fma(w2, s18);
            s19 = v.fma(w3, s19);
            v = FloatVector.broadcast(LANES, x[p + 5 * stride]);
            s20 = v.fma(w0, s20);
            s21 = v.fma(w1, s21);
            s22 = v.fma(w2, s22);
            s23 = v.fma(w3, s23);
        }
        s0.intoArray(sums, at);
        s1.intoArray(sums, at + WIDTH);
        s2.intoArray(sums, at + 2 * WIDTH);
        s3.intoArray(sums, at + 3 * WIDTH);
        s4.intoArray(sums, at + ROWS);
        s5.intoArray(sums, at + ROWS + WIDTH);
        s6.intoArray(sums, at + ROWS + 2 * WIDTH);
        s7.intoArray(sums, at + ROWS + 3 * WIDTH);
        s8.intoArray(sums, at + 2 * ROWS);
        s9.intoArray(sums, at + 2 * ROWS + WIDTH);
        s10.intoArray(sums, at + 2 * ROWS + 2 * WIDTH);
        s11.intoArray(sums, at + 2 * ROWS + 3 * WIDTH);
        s12.intoArray(sums, at + 3 * ROWS);
        s13.intoArray(sums, at + 3 * ROWS + WIDTH);
        s14.intoArray(sums, at + 3 * ROWS + 2 * WIDTH);
        s15.intoArray(sums, at + 3 * ROWS + 3 * WIDTH);
        s16.intoArray(sums, at + 4 * ROWS);
        s17.intoArray(sums, at + 4 * ROWS + WIDTH);
        s18.intoArray(sums, at + 4 * ROWS + 2 * WIDTH);
        s19.intoArray(sums, at + 4 * ROWS + 3 * WIDTH);
        s20.intoArray(sums, at + 5 * ROWS);
        s21.intoArray(sums, at + 5 * ROWS + WIDTH);
        s22.intoArray(sums, at + 5 * ROWS + 2 * WIDTH);
        s23.intoArray(sums, at + 5 * ROWS + 3 * WIDTH);
    }

    private static void tile4(float[] x, int xAt, int stride, float[] w, int wAt, int count, float[] sums, int at) {
        FloatVector s0 = FloatVector.fromArray(LANES, sums, at);
        FloatVector s1 = FloatVector.fromArray(LANES, sums, at + WIDTH);
        FloatVector s2 = FloatVector.fromArray(LANES, sums, at + 2 * WIDTH);
        FloatVector s3 = FloatVector.fromArray(LANES, sums, at + 3 * WIDTH);
        FloatVector s4 = FloatVector.fromArray(LANES, sums, at + ROWS);
        FloatVector s5 = FloatVector.fromArray(LANES, sums, at + ROWS + WIDTH);
        FloatVector s6 = FloatVector.fromArray(LANES, sums, at + ROWS + 2 * WIDTH);
        FloatVector s7 = FloatVector.fromArray(LANES, sums, at + ROWS + 3 * WIDTH);
        FloatVector s8 = FloatVector.fromArray(LANES, sums, at + 2 * ROWS);
        FloatVector s9 = FloatVector.fromArray(LANES, sums, at + 2 * ROWS + WIDTH);
        FloatVector s10 = FloatVector.fromArray(LANES, sums, at + 2 * ROWS + 2 * WIDTH);
        FloatVector s11 = FloatVector.fromArray(LANES, sums, at + 2 * ROWS + 3 * WIDTH);
        FloatVector s12 = FloatVector.fromArray(LANES, sums, at + 3 * ROWS);
        FloatVector s13 = FloatVector.fromArray(LANES, sums, at + 3 * ROWS + WIDTH);
        FloatVector s14 = FloatVector.fromArray(LANES, sums, at + 3 * ROWS + 2 * WIDTH);
        FloatVector s15 = FloatVector.fromArray(LANES, sums, at + 3 * ROWS + 3 * WIDTH);
        int q = wAt;
        for (int p = xAt; p < xAt + count; p++, q += ROWS) {
            FloatVector w0 = FloatVector.fromArray(LANES, w, q);
            FloatVector w1 = FloatVector.fromArray(LANES, w, q + WIDTH);
            FloatVector w2 = FloatVector.fromArray(LANES, w, q + 2 * WIDTH);
            FloatVector w3 = FloatVector.fromArray(LANES, w, q + 3 * WIDTH);
            FloatVector v = FloatVector.broadcast(LANES, x[p]);
            s0 = v.fma(w0, s0);
            s1 = v.fma(w1, s1);
            s2 = v.fma(w2, s2);
            s3 = v.fma(w3, s3);
            v = FloatVector.broadcast(LANES, x[p + stride]);
            s4 = v.fma(w0, s4);
            s5 = v.fma(w1, s5);
            s6 = v.fma(w2, s6);
            s7 = v.fma(w3, s7);
            v = FloatVector.broadcast(LANES, x[p + 2 * stride]);
            s8 = v.fma(w0, s8);
            s9 = v.fma(w1, s9);
            s10 = v.fma(w2, s10);
            s11 = v.fma(w3, s11);
            v = FloatVector.broadcast(LANES, x[p + 3 * stride]);
            s12 = v.fma(w0, s12);
            s13 = v.fma(w1, s13);
            s14 = v.fma(w2, s14);
            s15 = v.fma(w3, s15);
        }
        s0.intoArray(sums, at);
        s1.intoArray(sums, at + WIDTH);
        s2.intoArray(sums, at + 2 * WIDTH);
        s3.intoArray(sums, at + 3 * WIDTH);
        s4.intoArray(sums, at + ROWS);
        s5.intoArray(sums, at + ROWS + WIDTH);
        s6.intoArray(sums, at + ROWS + 2 * WIDTH);
        s7.intoArray(sums, at + ROWS + 3 * WIDTH);
        s8.intoArray(sums, at + 2 * ROWS);
        s9.intoArray(sums, at + 2 * ROWS + WIDTH);
        s10.intoArray(sums, at + 2 * ROWS + 2 * WIDTH);
        s11.intoArray(sums, at + 2 * ROWS + 3 * WIDTH);
        s12.intoArray(sums, at + 3 * ROWS);
        s13.intoArray(sums, at + 3 * ROWS + WIDTH);
        s14.intoArray(sums, at + 3 * ROWS + 2 * WIDTH);
        s15.intoArray(sums, at + 3 * ROWS + 3 * WIDTH);
    }

    private static void tile2(float[] x, int xAt, int stride, float[] w, int wAt, int count, float[] sums, int at) {
        FloatVector s0 = FloatVector.fromArray(LANES, sums, at);
        FloatVector s1 = FloatVector.fromArray(LANES, sums, at + WIDTH);
        FloatVector s2 = FloatVector.fromArray(LANES, sums, at + 2 * WIDTH);
        FloatVector s3 = FloatVector.fromArray(LANES, sums, at + 3 * WIDTH);
        FloatVector s4 = FloatVector.fromArray(LANES, sums, at + ROWS);
        FloatVector s5 = FloatVector.fromArray(LANES, sums, at + ROWS + WIDTH);
        FloatVector s6 = FloatVector.fromArray(LANES, sums, at + ROWS + 2 * WIDTH);
        FloatVector s7 = FloatVector.fromArray(LANES, sums, at + ROWS + 3 * WIDTH);
        int q = wAt;
        for (int p = xAt; p < xAt + count; p++, q += ROWS) {
            FloatVector w0 = FloatVector.fromArray(LANES, w, q);
            FloatVector w1 = FloatVector.fromArray(LANES, w, q + WIDTH);
            FloatVector w2 = FloatVector.fromArray(LANES, w, q + 2 * WIDTH);
            FloatVector w3 = FloatVector.fromArray(LANES, w, q + 3 * WIDTH);
            FloatVector v = FloatVector.broadcast(LANES, x[p]);
            s0 = v.fma(w0, s0);
            s1 = v.fma(w1, s1);
            s2 = v.fma(w2, s2);
            s3 = v.fma(w3, s3);
            v = FloatVector.broadcast(LANES, x[p + stride]);
            s4 = v.fma(w0, s4);
            s5 = v.fma(w1, s5);
            s6 = v.fma(w2, s6);
            s7 = v.fma(w3, s7);
        }
        s0.intoArray(sums, at);
        s1.intoArray(sums, at + WIDTH);
        s2.intoArray(sums, at + 2 * WIDTH);
        s3.intoArray(sums, at + 3 * WIDTH);
        s4.intoArray(sums, at + ROWS);
        s5.intoArray(sums, at + ROWS + WIDTH);
        s6.intoArray(sums, at + ROWS + 2 * WIDTH);
        s7.intoArray(sums, at + ROWS + 3 * WIDTH);
    }

    private static void tile1(float[] x, int xAt, float[] w, int wAt, int count, float[] sums, int at) {
        FloatVector s0 = FloatVector.fromArray(LANES, sums, at);
        FloatVector s1 = FloatVector.fromArray(LANES, sums, at + WIDTH);
        FloatVector s2 = FloatVector.fromArray(LANES, sums, at + 2 * WIDTH);
        FloatVector s3 = FloatVector.fromArray(LANES, sums, at + 3 * WIDTH);
        int q = wAt;
        for (int p = xAt; p < xAt + count; p++, q += ROWS) {
            FloatVector w0 = FloatVector.fromArray(LANES, w, q);
            FloatVector w1 = FloatVector.fromArray(LANES, w, q + WIDTH);
            FloatVector w2 = FloatVector.fromArray(LANES, w, q + 2 * WIDTH);
            FloatVector w3 = FloatVector.fromArray(LANES, w, q + 3 * WIDTH);
            FloatVector v = FloatVector.broadcast(LANES, x[p]);
            s0 = v.fma(w0, s0);
            s1 = v.fma(w1, s1);
            s2 = v.fma(w2, s2);
            s3 = v.fma(w3, s3);
        }
        s0.intoArray(sums, at);
        s1.intoArray(sums, at + WIDTH);
        s2.intoArray(sums, at + 2 * WIDTH);
        s3.intoArray(sums, at + 3 * WIDTH);
    }
}
