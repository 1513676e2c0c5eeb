package io.augserve.onnx.sampling;

/** The loop over a row of logits. Implementations keep no state and give the same results. */
interface RowScan {
    /** The fastest implementation that this JVM can run. */
    static RowScan best() {
        // The vector class may only be touched when its incubator module is in the boot layer.
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
                ? new VectorRowScan()
                : new ScalarRowScan();
    }

    /**
     * The first value that is not at most {@code limit}: greater, or NaN.
     *
     * @param from where to begin; 0 to the row's length
     * @param limit no NaN
     * @return its index; the row's length if there is none
     */
    int firstAbove(float[] row, int from, float limit);
}
