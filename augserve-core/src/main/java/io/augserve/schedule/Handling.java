package io.augserve.schedule;

/** What becomes of a request's KV while its tools are out. */
public enum Handling {
    /** It stays on the device. */
    PRESERVE,
    /** It moves to host memory and back. */
    SWAP,
    /** It is given up and computed again. */
    DISCARD
}
