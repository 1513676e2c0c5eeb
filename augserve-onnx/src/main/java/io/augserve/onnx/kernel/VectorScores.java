package io.augserve.onnx.kernel;

import static io.augserve.onnx.kernel.VectorTileMath.LANES;
import static io.augserve.onnx.kernel.VectorTileMath.PANEL;
import static io.augserve.onnx.kernel.VectorTileMath.WIDTH;
import static io.augserve.onnx.kernel.VectorTileMath.load;

import jdk.incubator.vector.FloatVector;

/** The scores of {@link VectorTileMath}: a lane per key, so that no sum across lanes is needed. */
final class VectorScores {
    private static final int VECTORS_PER_PANEL = PANEL / WIDTH;

    private VectorScores() {}

    private static long address(Tile tile, int vector) {
        return tile.addresses[vector / VECTORS_PER_PANEL] + (long) (vector % VECTORS_PER_PANEL) * WIDTH * Float.BYTES;
    }

    /** 4 rows by 4 vectors of keys. */
    static void scores4(Tile tile, int row) {
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
    static void scores2(Tile tile, int row) {
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
}
