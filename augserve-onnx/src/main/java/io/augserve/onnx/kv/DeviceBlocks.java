package io.augserve.onnx.kv;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The blocks of the device: how many sequences hold each, and what is in it. A block whose contents are known as a {@link Prefix} is never written
 * again while it has them; when the last holder lets go it stays free with its contents, to be found by any sequence, until it is taken for something
 * else.
 *
 * <p>Who holds a prefix holds its parent, and lets go of it after its children. Hence the number of holders never grows along a block table, and what
 * goes on from a free block is free.
 */
final class DeviceBlocks {
    private final int[] holders;
    private final Prefix[] contents;
    private final FreeBlocks free;
    private final PrefixIndex index;
    private int shared;

    DeviceBlocks(int blocks, PrefixIndex index) {
        this.holders = new int[blocks];
        this.contents = new Prefix[blocks];
        Arrays.fill(contents, Prefix.NONE);
        this.free = new FreeBlocks(blocks);
        this.index = index;
    }

    int capacity() {
        return holders.length;
    }

    int free() {
        return free.free();
    }

    /** Sum over the blocks of the holders beyond the first. */
    int shared() {
        return shared;
    }

    int holders(int block) {
        return holders[block];
    }

    /** {@link Prefix#NONE} if unknown. */
    Prefix contents(int block) {
        return contents[block];
    }

    /** Takes a free block for one holder; what was in it is lost. */
    int take() {
        int block = free.take();
        forget(block);
        holders[block] = 1;
        return block;
    }

    /** Makes one more sequence hold the block of a prefix. */
    int hold(Prefix prefix) {
        int block = prefix.block;
        if (holders[block]++ == 0) {
            free.claim(prefix);
        } else {
            shared++;
        }
        return block;
    }

    /** One sequence lets go of a block. */
    void drop(int block) {
        if (--holders[block] > 0) {
            shared--;
        } else if (contents[block] == Prefix.NONE) {
            free.giveBlank(block);
        } else {
            free.keep(contents[block]);
        }
    }

    /**
     * Says what is in a block that one sequence holds. If another block has the same contents already, the sequence holds that one from now on and the
     * first is blank, so that equal contents are there once.
     *
     * @return the block that it holds now
     */
    int recognise(int block, Prefix parent, TokenChain chain, int i) {
        Prefix there = chain.find(parent, i);
        if (there == Prefix.NONE) {
            contents[block] = chain.add(parent, i, block);
        } else if (there.block != block) {
            hold(there);
            drop(block);
        }
        return there == Prefix.NONE ? block : there.block;
    }

    /** Lets the only holder write into a block, unless its contents are the beginning of others that are kept: true if it may. */
    boolean forgetIfAlone(int block) {
        if (holders[block] > 1 || contents[block].children > 0) {
            return false;
        }
        forget(block);
        return true;
    }

    private void forget(int block) {
        Prefix lost = contents[block];
        if (lost == Prefix.NONE) {
            return;
        }
        contents[block] = Prefix.NONE;
        index.remove(lost);
        Prefix parent = lost.parent;
        if (parent != index.root()) {
            Comeback.moveToParent(lost);
            free.expect(parent, Math.min(parent.nextUse(), lost.nextUse()));
            if (parent.children == 0 && holders[parent.block] == 0) {
                free.isLast(parent);
            }
        }
    }

    /** A sequence without blocks is expected to come back for a prefix, and was for none. */
    void expect(Comeback comeback, Prefix prefix, long nextUse) {
        comeback.enter(prefix, nextUse);
        free.expect(prefix, Math.min(prefix.nextUse(), nextUse));
    }

    /** A sequence is here again or will not come back; nothing changes if it was not expected. */
    void withdraw(Comeback comeback) {
        if (comeback.isExpected()) {
            Prefix left = comeback.leave();
            if (left.nextUse() == comeback.nextUse()) {
                free.expect(left, Comeback.soonest(left));
            }
        }
    }

    /** The numbers of the free blocks. */
    int[] freeBlocks() {
        return IntStream.range(0, holders.length).filter(block -> holders[block] == 0).toArray();
    }
}
