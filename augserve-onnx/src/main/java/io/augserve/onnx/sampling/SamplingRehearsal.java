package io.augserve.onnx.sampling;

import java.util.List;

/** Pieces for a rehearsal of sampling: the loops over a row of logits, on a short one. */
public final class SamplingRehearsal {
    private static final int SCANNED = 512;
    private static final int SUMMED = 64;

    private SamplingRehearsal() {}

    /** The pieces. */
    public static List<Runnable> pieces() {
        RowScan scan = RowScan.best();
        RowExp exp = RowExp.best();
        float[] row = new float[SCANNED];
        double[] lanes = new double[RowExp.LANES];
        return List.of(() -> scan.firstAbove(row, 0, 1), () -> exp.sum(row, 0, SUMMED, 0, 1, lanes));
    }
}
