package io.augserve.observe;

/** Where the KV of a request is. */
public enum KvPlace {
    /** Nowhere: not computed yet, or given up. In {@link Phase#TOOL}, the context was discarded. */
    NONE,
    /** All of it in the device's blocks. In {@link Phase#TOOL}, the context is preserved. */
    DEVICE,
    /** Blocks are in host memory, all or some. In {@link Phase#TOOL}, the context was swapped. */
    HOST
}
