package io.augserve.onnx.linear;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The three tiles of a product, written out so that the JIT keeps every accumulator in a register of its own; with 512 bits there are 32. Six rows by
 * four do 24 multiplications for 10 loads, one row by 16 has enough of them in flight to hide their latency.
 */
final class VectorTiles {
    private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;
    private static final int WIDTH = LANES.length();

    private VectorTiles() {}

    static void accumulate(int rows, float[] x, int xAt, float[] w, int wAt, int vectors, float[] sums, int at) {
        switch (rows) {
            case 6 -> tile6x4(x, xAt, w, wAt, vectors, sums, at);
            case 4 -> tile4x4(x, xAt, w, wAt, vectors, sums, at);
            case 1 -> tile1x16(x, xAt, w, wAt, vectors, sums, at);
            default -> throw new IllegalArgumentException("no tile has " + rows + " rows");
        }
    }

    private static void tile6x4(float[] x, int xAt, float[] w, int wAt, int vectors, float[] sums, int at) {
        FloatVector s0 = FloatVector.fromArray(LANES, sums, at);
        FloatVector s1 = FloatVector.fromArray(LANES, sums, at + WIDTH);
        FloatVector s2 = FloatVector.fromArray(LANES, sums, at + 2 * WIDTH);
        FloatVector s3 = FloatVector.fromArray(LANES, sums, at + 3 * WIDTH);
        FloatVector s4 = FloatVector.fromArray(LANES, sums, at + 4 * WIDTH);
        FloatVector s5 = FloatVector.fromArray(LANES, sums, at + 5 * WIDTH);
        FloatVector s6 = FloatVector.fromArray(LANES, sums, at + 6 * WIDTH);
        FloatVector s7 = FloatVector.fromArray(LANES, sums, at + 7 * WIDTH);
        FloatVector s8 = FloatVector.fromArray(LANES, sums, at + 8 * WIDTH);
        FloatVector s9 = FloatVector.fromArray(LANES, sums, at + 9 * WIDTH);
        FloatVector s10 = FloatVector.fromArray(LANES, sums, at + 10 * WIDTH);
        FloatVector s11 = FloatVector.fromArray(LANES, sums, at + 11 * WIDTH);
        FloatVector s12 = FloatVector.fromArray(LANES, sums, at + 12 * WIDTH);
        FloatVector s13 = FloatVector.fromArray(LANES, sums, at + 13 * WIDTH);
        FloatVector s14 = FloatVector.fromArray(LANES, sums, at + 14 * WIDTH);
        FloatVector s15 = FloatVector.fromArray(LANES, sums, at + 15 * WIDTH);
        FloatVector s16 = FloatVector.fromArray(LANES, sums, at + 16 * WIDTH);
        FloatVector s17 = FloatVector.fromArray(LANES, sums, at + 17 * WIDTH);
        FloatVector s18 = FloatVector.fromArray(LANES, sums, at + 18 * WIDTH);
        FloatVector s19 = FloatVector.fromArray(LANES, sums, at + 19 * WIDTH);
        FloatVector s20 = FloatVector.fromArray(LANES, sums, at + 20 * WIDTH);
        FloatVector s21 = FloatVector.fromArray(LANES, sums, at + 21 * WIDTH);
        FloatVector s22 = FloatVector.fromArray(LANES, sums, at + 22 * WIDTH);
        FloatVector s23 = FloatVector.fromArray(LANES, sums, at + 23 * WIDTH);
        int q = wAt;
        int p = xAt;
        for (int i = 0; i < vectors; i++, p += 6 * WIDTH, q += 4 * WIDTH) {
            FloatVector w0 = FloatVector.fromArray(LANES, w, q);
            FloatVector w1 = FloatVector.fromArray(LANES, w, q + WIDTH);
            FloatVector w2 = FloatVector.fromArray(LANES, w, q + 2 * WIDTH);
            FloatVector w3 = FloatVector.fromArray(LANES, w, q + 3 * WIDTH);
            FloatVector v = FloatVector.fromArray(LANES, x, p);
            s0 = v.fma(w0, s0);
            s1 = v.fma(w1, s1);
            s2 = v.fma(w2, s2);
            s3 = v.fma(w3, s3);
            v = FloatVector.fromArray(LANES, x, p + WIDTH);
            s4 = v.fma(w0, s4);
            s5 = v.fma(w1, s5);
            s6 = v.fma(w2, s6);
            s7 = v.fma(w3, s7);
            v = FloatVector.fromArray(LANES, x, p + 2 * WIDTH);
            s8 = v.fma(w0, s8);
            s9 = v.fma(w1, s9);
            s10 = v.fma(w2, s10);
            s11 = v.fma(w3, s11);
            v = FloatVector.fromArray(LANES, x, p + 3 * WIDTH);
            s12 = v.fma(w0, s12);
            s13 = v.fma(w1, s13);
            s14 = v.fma(w2, s14);
            s15 = v.fma(w3, s15);
            v = FloatVector.fromArray(LANES, x, p + 4 * WIDTH);
            s16 = v.fma(w0, s16);
            s17 = v.fma(w1, s17);
            s18 = v.fma(w2, s18);
            s19 = v.fma(w3, s19);
            v = FloatVector.fromArray(LANES, x, p + 5 * WIDTH);
            s20 = v.fma(w0, s20);
            s21 = v.fma(w1, s21);
            s22 = v.fma(w2, s22);
            s23 = v.fma(w3, s23);
        }
        s0.intoArray(sums, at);
        s1.intoArray(sums, at + WIDTH);
        s2.intoArray(sums, at + 2 * WIDTH);
        s3.intoArray(sums, at + 3 * WIDTH);
        s4.intoArray(sums, at + 4 * WIDTH);
        s5.intoArray(sums, at + 5 * WIDTH);
        s6.intoArray(sums, at + 6 * WIDTH);
        s7.intoArray(sums, at + 7 * WIDTH);
        s8.intoArray(sums, at + 8 * WIDTH);
        s9.intoArray(sums, at + 9 * WIDTH);
        s10.intoArray(sums, at + 10 * WIDTH);
        s11.intoArray(sums, at + 11 * WIDTH);
        s12.intoArray(sums, at + 12 * WIDTH);
        s13.intoArray(sums, at + 13 * WIDTH);
        s14.intoArray(sums, at + 14 * WIDTH);
        s15.intoArray(sums, at + 15 * WIDTH);
        s16.intoArray(sums, at + 16 * WIDTH);
        s17.intoArray(sums, at + 17 * WIDTH);
        s18.intoArray(sums, at + 18 * WIDTH);
        s19.intoArray(sums, at + 19 * WIDTH);
        s20.intoArray(sums, at + 20 * WIDTH);
        s21.intoArray(sums, at + 21 * WIDTH);
        s22.intoArray(sums, at + 22 * WIDTH);
        s23.intoArray(sums, at + 23 * WIDTH);
    }

    private static void tile4x4(float[] x, int xAt, float[] w, int wAt, int vectors, float[] sums, int at) {
        FloatVector s0 = FloatVector.fromArray(LANES, sums, at);
        FloatVector s1 = FloatVector.fromArray(LANES, sums, at + WIDTH);
        FloatVector s2 = FloatVector.fromArray(LANES, sums, at + 2 * WIDTH);
        FloatVector s3 = FloatVector.fromArray(LANES, sums, at + 3 * WIDTH);
        FloatVector s4 = FloatVector.fromArray(LANES, sums, at + 4 * WIDTH);
        FloatVector s5 = FloatVector.fromArray(LANES, sums, at + 5 * WIDTH);
        FloatVector s6 = FloatVector.fromArray(LANES, sums, at + 6 * WIDTH);
        FloatVector s7 = FloatVector.fromArray(LANES, sums, at + 7 * WIDTH);
        FloatVector s8 = FloatVector.fromArray(LANES, sums, at + 8 * WIDTH);
        FloatVector s9 = FloatVector.fromArray(LANES, sums, at + 9 * WIDTH);
        FloatVector s10 = FloatVector.fromArray(LANES, sums, at + 10 * WIDTH);
        FloatVector s11 = FloatVector.fromArray(LANES, sums, at + 11 * WIDTH);
        FloatVector s12 = FloatVector.fromArray(LANES, sums, at + 12 * WIDTH);
        FloatVector s13 = FloatVector.fromArray(LANES, sums, at + 13 * WIDTH);
        FloatVector s14 = FloatVector.fromArray(LANES, sums, at + 14 * WIDTH);
        FloatVector s15 = FloatVector.fromArray(LANES, sums, at + 15 * WIDTH);
        int q = wAt;
        int p = xAt;
        for (int i = 0; i < vectors; i++, p += 4 * WIDTH, q += 4 * WIDTH) {
            FloatVector w0 = FloatVector.fromArray(LANES, w, q);
            FloatVector w1 = FloatVector.fromArray(LANES, w, q + WIDTH);
            FloatVector w2 = FloatVector.fromArray(LANES, w, q + 2 * WIDTH);
            FloatVector w3 = FloatVector.fromArray(LANES, w, q + 3 * WIDTH);
            FloatVector v = FloatVector.fromArray(LANES, x, p);
            s0 = v.fma(w0, s0);
            s1 = v.fma(w1, s1);
            s2 = v.fma(w2, s2);
            s3 = v.fma(w3, s3);
            v = FloatVector.fromArray(LANES, x, p + WIDTH);
            s4 = v.fma(w0, s4);
            s5 = v.fma(w1, s5);
            s6 = v.fma(w2, s6);
            s7 = v.fma(w3, s7);
            v = FloatVector.fromArray(LANES, x, p + 2 * WIDTH);
            s8 = v.fma(w0, s8);
            s9 = v.fma(w1, s9);
            s10 = v.fma(w2, s10);
            s11 = v.fma(w3, s11);
            v = FloatVector.fromArray(LANES, x, p + 3 * WIDTH);
            s12 = v.fma(w0, s12);
            s13 = v.fma(w1, s13);
            s14 = v.fma(w2, s14);
            s15 = v.fma(w3, s15);
        }
        s0.intoArray(sums, at);
        s1.intoArray(sums, at + WIDTH);
        s2.intoArray(sums, at + 2 * WIDTH);
        s3.intoArray(sums, at + 3 * WIDTH);
        s4.intoArray(sums, at + 4 * WIDTH);
        s5.intoArray(sums, at + 5 * WIDTH);
        s6.intoArray(sums, at + 6 * WIDTH);
        s7.intoArray(sums, at + 7 * WIDTH);
        s8.intoArray(sums, at + 8 * WIDTH);
        s9.intoArray(sums, at + 9 * WIDTH);
        s10.intoArray(sums, at + 10 * WIDTH);
        s11.intoArray(sums, at + 11 * WIDTH);
        s12.intoArray(sums, at + 12 * WIDTH);
        s13.intoArray(sums, at + 13 * WIDTH);
        s14.intoArray(sums, at + 14 * WIDTH);
        s15.intoArray(sums, at + 15 * WIDTH);
    }

    private static void tile1x16(float[] x, int xAt, float[] w, int wAt, int vectors, float[] sums, int at) {
        FloatVector s0 = FloatVector.fromArray(LANES, sums, at);
        FloatVector s1 = FloatVector.fromArray(LANES, sums, at + WIDTH);
        FloatVector s2 = FloatVector.fromArray(LANES, sums, at + 2 * WIDTH);
        FloatVector s3 = FloatVector.fromArray(LANES, sums, at + 3 * WIDTH);
        FloatVector s4 = FloatVector.fromArray(LANES, sums, at + 4 * WIDTH);
        FloatVector s5 = FloatVector.fromArray(LANES, sums, at + 5 * WIDTH);
        FloatVector s6 = FloatVector.fromArray(LANES, sums, at + 6 * WIDTH);
        FloatVector s7 = FloatVector.fromArray(LANES, sums, at + 7 * WIDTH);
        FloatVector s8 = FloatVector.fromArray(LANES, sums, at + 8 * WIDTH);
        FloatVector s9 = FloatVector.fromArray(LANES, sums, at + 9 * WIDTH);
        FloatVector s10 = FloatVector.fromArray(LANES, sums, at + 10 * WIDTH);
        FloatVector s11 = FloatVector.fromArray(LANES, sums, at + 11 * WIDTH);
        FloatVector s12 = FloatVector.fromArray(LANES, sums, at + 12 * WIDTH);
        FloatVector s13 = FloatVector.fromArray(LANES, sums, at + 13 * WIDTH);
        FloatVector s14 = FloatVector.fromArray(LANES, sums, at + 14 * WIDTH);
        FloatVector s15 = FloatVector.fromArray(LANES, sums, at + 15 * WIDTH);
        int q = wAt;
        int p = xAt;
        for (int i = 0; i < vectors; i++, p += WIDTH, q += 16 * WIDTH) {
            FloatVector v = FloatVector.fromArray(LANES, x, p);
            s0 = v.fma(FloatVector.fromArray(LANES, w, q), s0);
            s1 = v.fma(FloatVector.fromArray(LANES, w, q + WIDTH), s1);
            s2 = v.fma(FloatVector.fromArray(LANES, w, q + 2 * WIDTH), s2);
            s3 = v.fma(FloatVector.fromArray(LANES, w, q + 3 * WIDTH), s3);
            s4 = v.fma(FloatVector.fromArray(LANES, w, q + 4 * WIDTH), s4);
            s5 = v.fma(FloatVector.fromArray(LANES, w, q + 5 * WIDTH), s5);
            s6 = v.fma(FloatVector.fromArray(LANES, w, q + 6 * WIDTH), s6);
            s7 = v.fma(FloatVector.fromArray(LANES, w, q + 7 * WIDTH), s7);
            s8 = v.fma(FloatVector.fromArray(LANES, w, q + 8 * WIDTH), s8);
            s9 = v.fma(FloatVector.fromArray(LANES, w, q + 9 * WIDTH), s9);
            s10 = v.fma(FloatVector.fromArray(LANES, w, q + 10 * WIDTH), s10);
            s11 = v.fma(FloatVector.fromArray(LANES, w, q + 11 * WIDTH), s11);
            s12 = v.fma(FloatVector.fromArray(LANES, w, q + 12 * WIDTH), s12);
            s13 = v.fma(FloatVector.fromArray(LANES, w, q + 13 * WIDTH), s13);
            s14 = v.fma(FloatVector.fromArray(LANES, w, q + 14 * WIDTH), s14);
            s15 = v.fma(FloatVector.fromArray(LANES, w, q + 15 * WIDTH), s15);
        }
        s0.intoArray(sums, at);
        s1.intoArray(sums, at + WIDTH);
        s2.intoArray(sums, at + 2 * WIDTH);
        s3.intoArray(sums, at + 3 * WIDTH);
        s4.intoArray(sums, at + 4 * WIDTH);
        s5.intoArray(sums, at + 5 * WIDTH);
        s6.intoArray(sums, at + 6 * WIDTH);
        s7.intoArray(sums, at + 7 * WIDTH);
        s8.intoArray(sums, at + 8 * WIDTH);
        s9.intoArray(sums, at + 9 * WIDTH);
        s10.intoArray(sums, at + 10 * WIDTH);
        s11.intoArray(sums, at + 11 * WIDTH);
        s12.intoArray(sums, at + 12 * WIDTH);
        s13.intoArray(sums, at + 13 * WIDTH);
        s14.intoArray(sums, at + 14 * WIDTH);
        s15.intoArray(sums, at + 15 * WIDTH);
    }
}
