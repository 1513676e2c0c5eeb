package io.augserve.onnx.kv;

import io.augserve.onnx.runtime.DeviceTensor;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Copies blocks by moving memory, where Java can address the device's. */
public final class DirectCopier implements BlockCopier {
    private final KvPools pools;
    private final HostPool host;

    /** Both are closed after the last copy. */
    public DirectCopier(KvPools pools, HostPool host) {
        this.pools = pools;
        this.host = host;
    }

    /** @throws IllegalStateException if Java cannot address the device's memory */
    @Override
    public void copy(List<BlockCopy> copies) {
        long bytes = pools.shape().bytesPerPoolBlock();
        for (BlockCopy copy : copies) {
            List<DeviceTensor> all = pools.all();
            for (int i = 0; i < all.size(); i++) {
                copy(copy, all.get(i).segment(), bytes, i * bytes);
            }
        }
    }

    /** @param offset of the pool's part in a slot */
    private void copy(BlockCopy copy, MemorySegment memory, long bytes, long offset) {
        switch (copy.way()) {
            case DEVICE ->
                MemorySegment.copy(memory, bytes * copy.from(), memory, bytes * copy.to(), bytes);
            case OUT -> MemorySegment.copy(memory, bytes * copy.from(), host.slot(copy.to()), offset, bytes);
            case IN -> MemorySegment.copy(host.slot(copy.from()), offset, memory, bytes * copy.to(), bytes);
        }
    }
}
