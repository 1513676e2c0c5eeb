package io.augserve.onnx.kv;

import java.util.ArrayList;
import java.util.List;

/**
 * What the sequences of a {@link PagedKvCache} take their blocks from.
 *
 * @param device blocks of the device
 * @param index what is known of their contents
 * @param slots free blocks of host memory
 * @param copies to be made before the next step computes, in order
 */
record BlockStore(DeviceBlocks device, PrefixIndex index, BlockPool slots, List<BlockCopy> copies) {
    static BlockStore of(int capacity, int hostCapacity, ChainHash hash) {
        PrefixIndex index = new PrefixIndex(hash);
        return new BlockStore(new DeviceBlocks(capacity, index), index, new BlockPool(hostCapacity), new ArrayList<>());
    }
}
