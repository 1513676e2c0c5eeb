package io.augserve.onnx.kv;

import io.augserve.engine.KvCache;
import io.augserve.engine.Sequence;
import org.jspecify.annotations.Nullable;

/**
 * What one sequence has in a {@link PagedKvCache}: its first blocks on the device, those after them in host memory. The first {@code recognised} of all
 * are full and known to the index, or were when they were swapped out; the block behind them is the one to be filled.
 */
final class SequenceBlocks {
    private final BlockStore store;
    private final DeviceBlocks blocks;
    private final int blockSize;
    private final BlockTable device = new BlockTable();
    /** Slots; the one that follows the device's blocks is the last. */
    private final BlockTable host = new BlockTable();
    private final Comeback comeback = new Comeback();
    private int recognised;
    @Nullable
    private TokenChain chain;

    SequenceBlocks(BlockStore store, int blockSize) {
        this.store = store;
        this.blocks = store.device();
        this.blockSize = blockSize;
    }

    void register(Sequence sequence) {
        chain = new TokenChain(sequence, store.index(), blockSize);
    }

    BlockTable device() {
        return device;
    }

    int hosted() {
        return host.size();
    }

    boolean isEmpty() {
        return device.size() + host.size() == 0;
    }

    /** Whether nothing would be lost with this object. */
    boolean isForgettable() {
        return isEmpty() && chain == null;
    }

    /** Shared blocks are a table's first ones, so the border is found by bisection. */
    int exclusive() {
        int low = 0;
        int high = device.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (blocks.holders(device.block(middle)) > 1) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return device.size() - low;
    }

    /** Blocks that filling {@code tokens} positions takes for copies: 1 if the one to be written next is shared. */
    int neededForCopies(int tokens) {
        return writesRecognised(tokens) && blocks.holders(device.block(recognised)) > 1 ? 1 : 0;
    }

    /** Whether filling so many positions writes into a block whose contents are known: then the sequence was shrunk into it. */
    private boolean writesRecognised(int tokens) {
        return device.size() > recognised && (long) tokens > (long) recognised * blockSize
                && blocks.contents(device.block(recognised)) != Prefix.NONE;
    }

    /** Makes room to fill {@code tokens} positions in {@code size} blocks, of which enough are free. */
    void grow(int tokens, int size) {
        blocks.withdraw(comeback);
        if (writesRecognised(tokens)) {
            makeWritable();
        }
        while (device.size() < size) {
            device.add(blocks.take());
        }
    }

    private void makeWritable() {
        int block = device.block(recognised);
        if (blocks.forgetIfAlone(block)) {
            return;
        }
        // If nobody shares it, blocks are free: those whose contents go on from its own.
        int copy = blocks.take();
        store.copies().add(new BlockCopy(BlockCopy.Way.DEVICE, block, copy));
        device.set(recognised, copy);
        blocks.drop(block);
    }

    /** Keeps {@code size} device blocks at most, and of their contents the first {@code tokens} positions. */
    void shrink(int tokens, int size) {
        while (device.size() > size) {
            blocks.drop(device.removeLast());
        }
        recognised = Math.min(recognised, tokens / blockSize);
    }

    void release() {
        while (host.size() > 0) {
            store.slots().give(host.removeLast());
        }
        shrink(0, 0);
        blocks.withdraw(comeback);
    }

    /** The contents of the first {@code tokens} positions are there. */
    void computed(int tokens) {
        TokenChain known = chain;
        if (known == null) {
            return;
        }
        int full = Math.min(Math.min(tokens / blockSize, known.blocks()), device.size());
        for (; recognised < full; recognised++) {
            device.set(recognised,
                    blocks.recognise(device.block(recognised), parent(recognised), known, recognised));
        }
    }

    /** What block {@code i} goes on from; the blocks before it are recognised and on the device. */
    private Prefix parent(int i) {
        return i == 0 ? store.index().root() : blocks.contents(device.block(i - 1));
    }

    int reusable() {
        return chain == null || !isEmpty() ? 0 : chain.matched();
    }

    /** It is expected to hold what is {@link #reusable} at an instant, if anything is. */
    void expect(long nextUse) {
        blocks.withdraw(comeback);
        TokenChain known = chain;
        if (known != null && nextUse != KvCache.BY_CHANCE && reusable() > 0) {
            blocks.expect(comeback, known.deepest(), nextUse);
        }
    }

    /** Whether the first {@code count} full blocks of both have the same tokens; never if one is not registered. */
    boolean beginsLike(SequenceBlocks other, int count) {
        return chain != null && other.chain != null && chain.beginsLike(other.chain, count);
    }

    /** Holds the first of the {@link #reusable} blocks. */
    void reuse(int count) {
        blocks.withdraw(comeback);
        if (chain != null) {
            for (Prefix prefix : chain.prefixes(count)) {
                device.add(blocks.hold(prefix));
            }
            recognised = count;
        }
    }

    /**
     * Takes the blocks of another sequence that hold the first {@code tokens} positions, of which both have the same tokens; the other one
     * releases the rest.
     *
     * @return positions that it has now
     */
    int takeOver(SequenceBlocks from, int tokens) {
        blocks.withdraw(comeback);
        int whole = tokens / blockSize;
        boolean cutsRecognised = tokens % blockSize > 0 && from.isRecognised(whole);
        int size = Math.min(cutsRecognised ? whole : Math.ceilDiv(tokens, blockSize),
                from.device.size() + from.host.size());
        int onDevice = Math.min(size, from.device.size());
        for (int i = 0; i < onDevice; i++) {
            device.add(from.device.block(i));
        }
        // The slots of the last blocks come first.
        for (int i = from.host.size() - (size - onDevice); i < from.host.size(); i++) {
            host.add(from.host.block(i));
        }
        recognised = Math.min(from.recognised, whole);
        from.leave(onDevice, size - onDevice);
        return (int) Math.min(tokens, (long) size * blockSize);
    }

    /** Whether the contents of block {@code i} are known, or were when it was swapped out. */
    private boolean isRecognised(int i) {
        return i < recognised || (i < device.size() && blocks.contents(device.block(i)) != Prefix.NONE);
    }

    /** Its first blocks on the device and the slots that follow them are another one's now; the rest is released. */
    private void leave(int onDevice, int hosted) {
        for (int i = 0; i < host.size() - hosted; i++) {
            store.slots().give(host.block(i));
        }
        host.clear();
        while (device.size() > onDevice) {
            blocks.drop(device.removeLast());
        }
        device.clear();
        recognised = 0;
    }

    /** Moves the last device block to a slot, of which one is free. */
    void swapOut() {
        int block = device.removeLast();
        int slot = store.slots().take();
        host.add(slot);
        store.copies().add(new BlockCopy(BlockCopy.Way.OUT, block, slot));
        blocks.drop(block);
    }

    /** Brings back the block after the device's last: by sharing one with its contents or, a block being free, by a copy. */
    void swapIn() {
        int slot = host.removeLast();
        store.slots().give(slot);
        int i = device.size();
        TokenChain known = i < recognised ? chain : null;
        Prefix there = known == null ? Prefix.NONE : known.find(parent(i), i);
        if (there != Prefix.NONE) {
            device.add(blocks.hold(there));
            return;
        }
        int block = blocks.take();
        store.copies().add(new BlockCopy(BlockCopy.Way.IN, slot, block));
        device.add(known == null ? block : blocks.recognise(block, parent(i), known, i));
    }
}
