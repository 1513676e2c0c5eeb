package io.augserve.onnx.runtime;

/**
 * Memory of a device.
 *
 * @param free bytes that nobody uses
 * @param total bytes that it has
 */
public record DeviceMemory(long free, long total) {
    /**
     * @throws IllegalArgumentException unless {@code 0 <= free <= total}
     */
    public DeviceMemory {
        if (free < 0 || free > total) {
            throw new IllegalArgumentException("expected 0 <= free <= total, got " + free + " and " + total);
        }
    }
}
