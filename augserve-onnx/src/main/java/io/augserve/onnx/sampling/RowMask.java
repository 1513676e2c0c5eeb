package io.augserve.onnx.sampling;

/** Says which tokens may be sampled. */
public interface RowMask {
    /** All may. */
    RowMask NONE = new RowMask() {
        @Override
        public boolean isEmpty() {
            return false;
        }

        @Override
        public void apply(float[] logits) {
            // nothing to take away
        }
    };

    /** Whether no token at all may be sampled. */
    boolean isEmpty();

    /** Makes the logits of all tokens that may not be sampled minus infinity. */
    void apply(float[] logits);
}
