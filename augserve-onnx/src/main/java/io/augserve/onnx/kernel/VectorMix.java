package io.augserve.onnx.kernel;

import static io.augserve.onnx.kernel.VectorTileMath.LANES;
import static io.augserve.onnx.kernel.VectorTileMath.PANEL;
import static io.augserve.onnx.kernel.VectorTileMath.WIDTH;
import static io.augserve.onnx.kernel.VectorTileMath.load;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import jdk.incubator.vector.FloatVector;

/** The weighted sums of values of {@link VectorTileMath}: a lane per element of the head. */
final class VectorMix {

    private VectorMix() {}

    /** 4 rows by 4 vectors of the value. */
    static void mix4(Tile tile, int row, int from, int to) {
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
    static void mix2(Tile tile, int row, int from, int to) {
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

    static void mixRest(Tile tile, int firstRow, int from, int to) {
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
}
