package io.augserve.onnx.kv;

import io.augserve.engine.EvictionOrder;

/**
 * The blocks that nobody holds: blank ones, and ones kept for their contents. Of these only the last ones can be taken, those from which nothing that is
 * kept goes on, in their {@link EvictionOrder}; what they go on from follows when they are gone. So a prefix is never lost before what continues it.
 */
final class FreeBlocks {
    private final BlockPool blank;
    private final EvictionOrder<Prefix> last = new EvictionOrder<>();
    private int kept;

    /** All of the blocks 0 to {@code blocks - 1}, blank. */
    FreeBlocks(int blocks) {
        blank = new BlockPool(blocks);
    }

    int free() {
        return blank.free() + kept;
    }

    /**
     * Takes a blank block or, if there is none, the first in order of those that are kept.
     *
     * @throws IllegalStateException if no block is free
     */
    int take() {
        if (blank.free() > 0 || kept == 0) {
            return blank.take();
        }
        Prefix first = last.first();
        claim(first);
        return first.block;
    }

    /** Takes the kept block of a prefix for its contents. */
    void claim(Prefix prefix) {
        if (last.contains(prefix)) {
            last.remove(prefix);
        }
        kept--;
    }

    /** Gives back a block without contents. */
    void giveBlank(int block) {
        blank.give(block);
    }

    /** Gives back the block of a prefix, which is worth keeping. */
    void keep(Prefix prefix) {
        last.giveUp(prefix);
        kept++;
        if (prefix.children == 0) {
            last.add(prefix);
        }
    }

    /** Nothing that is kept goes on from a kept prefix any more. */
    void isLast(Prefix prefix) {
        last.add(prefix);
    }

    /** Says when somebody will use a prefix again, kept or not. */
    void expect(Prefix prefix, long nextUse) {
        last.expect(prefix, nextUse);
    }
}
