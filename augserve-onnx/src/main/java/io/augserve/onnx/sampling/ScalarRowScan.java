package io.augserve.onnx.sampling;

/** {@link RowScan} for JVMs without the Vector API. */
final class ScalarRowScan implements RowScan {
    @Override
    public int firstAbove(float[] row, int from, float limit) {
        for (int i = from; i < row.length; i++) {
            if (!(row[i] <= limit)) {
                return i;
            }
        }
        return row.length;
    }
}
