package io.augserve.examples.soak;

import com.sun.management.UnixOperatingSystemMXBean;
import io.augserve.examples.bench.ResidentMemory;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.util.OptionalLong;

/**
 * What this process holds, taken when no request is in the house and no engine is open, after a garbage collection.
 *
 * @param heapBytes reachable objects
 * @param heapCommittedBytes what the heap has taken from the system
 * @param metaspaceBytes classes and compiled code in use
 * @param directBytes direct and mapped buffers
 * @param residentMegabytes the process's resident set, where the system tells
 * @param threads alive
 * @param openFiles file descriptors, where the system tells
 */
record Footprint(long heapBytes, long heapCommittedBytes, long metaspaceBytes, long directBytes,
        OptionalLong residentMegabytes, int threads, OptionalLong openFiles) {
    private static final int COLLECTIONS = 3;
    private static final long BYTES_PER_MEGABYTE = 1 << 20;

    static Footprint take() {
        // Objects with cleaners need a second collection to be gone for good.
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .mapToLong(BufferPoolMXBean::getMemoryUsed).sum();
        OptionalLong files = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? OptionalLong.of(unix.getOpenFileDescriptorCount())
                : OptionalLong.empty();
        return new Footprint(heap.getUsed(), heap.getCommitted(),
                ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage().getUsed(), direct,
                ResidentMemory.megabytes(), ManagementFactory.getThreadMXBean().getThreadCount(), files);
    }

    double heapMegabytes() {
        return (double) heapBytes / BYTES_PER_MEGABYTE;
    }

    /** The resident set as tables show it: nothing where the system does not tell. */
    String residentText() {
        return residentMegabytes.isPresent() ? Long.toString(residentMegabytes.getAsLong()) : "";
    }

    /**
     * What is resident and not the Java heap: ONNX Runtime, the tokenizer, code, stacks, mapped files. Less than it really is as far as
     * committed heap has never been touched.
     */
    OptionalLong nativeMegabytes() {
        return residentMegabytes.isPresent()
                ? OptionalLong.of(residentMegabytes.getAsLong() - heapCommittedBytes / BYTES_PER_MEGABYTE)
                : OptionalLong.empty();
    }
}
