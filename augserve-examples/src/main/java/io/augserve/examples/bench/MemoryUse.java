package io.augserve.examples.bench;

import io.augserve.onnx.OnnxEngine;
import java.lang.management.ManagementFactory;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a process occupies and for what, in MB of 1,048,576 bytes. The KV cache of a bench is as large as its largest batch needs; before that is served
 * less of it is in memory than is said here, and the rest may come out below zero.
 *
 * @param resident all of it: mapped weight files, native memory, the heap, the JVM itself
 * @param weights that a step reads
 * @param kv the KV cache
 * @param heap what Java's heap has taken from the system
 */
record MemoryUse(long resident, long weights, long kv, long heap) {
    /**
     * Looks at this process; empty where the system does not tell.
     *
     * @param otherBytes of the process that are none of the engine's
     */
    static Optional<MemoryUse> of(OnnxEngine engine, long otherBytes) {
        OptionalLong all = ResidentMemory.megabytes();
        if (all.isEmpty()) {
            return Optional.empty();
        }
        long tokens = (long) engine.kvCache().capacity() * engine.kvCache().blockSize();
        return Optional.of(new MemoryUse(all.getAsLong() - (otherBytes >> 20),
                engine.meter().weightBytes() >> 20, (tokens * engine.meter().kvBytesPerToken()) >> 20,
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted() >> 20));
    }

    /** The rest: JVM, compiled code, ONNX Runtime and its activations, what the C library keeps. */
    long rest() {
        return resident - weights - kv - heap;
    }

    /** What there is beside weights and KV cache, as a share of these. */
    double overhead() {
        return (double) (resident - weights - kv) / (weights + kv);
    }
}
