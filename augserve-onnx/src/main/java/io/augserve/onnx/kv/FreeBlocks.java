package io.augserve.onnx.kv;

import java.util.Arrays;

/**
 * The blocks that nobody holds: blank ones, and ones kept for their contents in a list linked through their numbers, the one given back longest ago
 * first. Every operation takes constant time.
 */
final class FreeBlocks {
    private static final int UNLINKED = -1;
    private final BlockPool blank;
    /** The element behind the last block is the list's head. */
    private final int[] next;
    private final int[] previous;
    private final int head;
    private int kept;

    /** All of the blocks 0 to {@code blocks - 1}, blank. */
    FreeBlocks(int blocks) {
        blank = new BlockPool(blocks);
        next = new int[blocks + 1];
        previous = new int[blocks + 1];
        head = blocks;
        Arrays.fill(next, UNLINKED);
        next[head] = head;
        previous[head] = head;
    }

    int free() {
        return blank.free() + kept;
    }

    /** Those with contents. */
    int kept() {
        return kept;
    }

    /**
     * Takes a blank block or, if there is none, the one that has been kept longest.
     *
     * @throws IllegalStateException if no block is free
     */
    int take() {
        if (blank.free() > 0 || kept == 0) {
            return blank.take();
        }
        int oldest = next[head];
        claim(oldest);
        return oldest;
    }

    /** Takes a kept block for its contents. */
    void claim(int block) {
        next[previous[block]] = next[block];
        previous[next[block]] = previous[block];
        next[block] = UNLINKED;
        kept--;
    }

    /** Gives back a block without contents. */
    void giveBlank(int block) {
        blank.give(block);
    }

    /** Gives back a block whose contents are worth keeping. */
    void keep(int block) {
        previous[block] = previous[head];
        next[block] = head;
        next[previous[head]] = block;
        previous[head] = block;
        kept++;
    }

    /** The numbers of the free blocks, blank ones first, then in the order in which they would be taken. */
    int[] blocks() {
        int[] blocks = Arrays.copyOf(blank.blocks(), free());
        int i = blank.free();
        for (int block = next[head]; block != head; block = next[block]) {
            blocks[i++] = block;
        }
        return blocks;
    }
}
