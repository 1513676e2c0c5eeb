package io.augserve.schedule;

import io.augserve.engine.KvCache;

/** A cache of 100 blocks of 16 tokens that nobody uses; tests change what they ask about. */
interface PlainCache extends KvCache {
    @Override
    default int blockSize() {
        return 16;
    }

    @Override
    default int capacity() {
        return 100;
    }

    @Override
    default int free() {
        return 100;
    }

    @Override
    default int held(long sequence) {
        return 0;
    }

    @Override
    default void reserve(long sequence, int tokens) {}

    @Override
    default void shrink(long sequence, int tokens) {}

    @Override
    default void release(long sequence) {}
}
