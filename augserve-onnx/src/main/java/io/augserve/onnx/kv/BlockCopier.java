package io.augserve.onnx.kv;

import java.util.List;

/** Copies blocks between and within the pools of a device and host memory. Used by one thread at a time. */
public interface BlockCopier extends AutoCloseable {
    /** Copies blocks over all layers, keys and values, as if one copy after the other; returns when all are made. */
    void copy(List<BlockCopy> copies);

    @Override
    default void close() {}
}
