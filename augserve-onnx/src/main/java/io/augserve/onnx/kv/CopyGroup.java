package io.augserve.onnx.kv;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * Copies of one way that may be made all at once, all reads before all writes, and leave what one after the other would: none reads or writes a block
 * of the device that an earlier one of them writes. Host slots are read and written in order, so they need no such care.
 *
 * @param way of all of them
 * @param copies at least one
 */
record CopyGroup(BlockCopy.Way way, List<BlockCopy> copies) {
    CopyGroup {
        copies = List.copyOf(copies);
    }

    /**
     * Cuts copies into groups, in order.
     *
     * @param most copies of a group
     */
    static List<CopyGroup> of(List<BlockCopy> copies, int most) {
        List<CopyGroup> groups = new ArrayList<>();
        List<BlockCopy> open = new ArrayList<>();
        BitSet written = new BitSet();
        for (BlockCopy copy : copies) {
            boolean readsWritten = copy.way() == BlockCopy.Way.DEVICE && written.get(copy.from());
            boolean writesWritten = copy.way() != BlockCopy.Way.OUT && written.get(copy.to());
            if (!open.isEmpty() && (open.size() == most || copy.way() != open.getFirst().way() || readsWritten
                    || writesWritten)) {
                groups.add(new CopyGroup(open.getFirst().way(), open));
                open.clear();
                written.clear();
            }
            open.add(copy);
            if (copy.way() != BlockCopy.Way.OUT) {
                written.set(copy.to());
            }
        }
        if (!open.isEmpty()) {
            groups.add(new CopyGroup(open.getFirst().way(), open));
        }
        return groups;
    }

    long[] from() {
        return copies.stream().mapToLong(BlockCopy::from).toArray();
    }

    long[] to() {
        return copies.stream().mapToLong(BlockCopy::to).toArray();
    }
}
