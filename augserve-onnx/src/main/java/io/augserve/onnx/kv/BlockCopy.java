package io.augserve.onnx.kv;

/**
 * A block to be copied before the next step computes, over all layers, keys and values.
 *
 * @param way between which memories
 * @param from number of the block that is read
 * @param to number of the block that is written
 */
public record BlockCopy(Way way, int from, int to) {
    /** The memories of a copy. */
    public enum Way {
        /** Within the device. */
        DEVICE,
        /** From the device to host memory. */
        OUT,
        /** From host memory to the device. */
        IN
    }
}
