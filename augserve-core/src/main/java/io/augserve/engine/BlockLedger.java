package io.augserve.engine;

import java.util.HashMap;
import java.util.Map;

/**
 * The arithmetic of a paged KV cache: who holds how many of a fixed number of blocks. Engines build their block tables upon it
 * and simulated ones need nothing else, so that both count alike. Always: free + sum of held = capacity, in device and in host memory.
 *
 * <p>Free blocks are blank or hold what a sequence retired. Whoever needs blocks gets blank ones first, then those of one sequence after the
 * other in their {@link EvictionOrder}, each from its tail, so that what is left of it is still a prefix. That is kinder to the cache than
 * vLLM's one queue of free blocks, in which blank ones age like the others and are handed out in turn. Every operation takes constant time,
 * or logarithmic in the sequences that have retired, but that a reservation visits those whose contents it overwrites.
 */
public final class BlockLedger implements KvCache {
    private final int blockSize;
    private final int capacity;
    private final int hostCapacity;
    private final Map<Long, Integer> held = new HashMap<>();
    private final Map<Long, Integer> hosted = new HashMap<>();
    /** Retired contents by sequence; only of sequences that hold nothing. */
    private final Map<Long, Retired> retired = new HashMap<>();
    private final EvictionOrder<Retired> order = new EvictionOrder<>();
    /** Free blocks without contents. */
    private int blank;
    private int free;
    private int hostFree;

    /** What a sequence left in the first blocks that it held. */
    private static final class Retired extends EvictionOrder.Entry {
        final long sequence;
        int blocks;

        Retired(long sequence, int blocks) {
            this.sequence = sequence;
            this.blocks = blocks;
        }
    }

    /** A cache without host memory. */
    public BlockLedger(int blockSize, int capacity) {
        this(blockSize, capacity, 0);
    }

    /**
     * @param blockSize tokens per block; at least 1
     * @param capacity blocks in device memory; at least 1
     * @param hostCapacity blocks in host memory; at least 0
     * @throws IllegalArgumentException if one is smaller
     */
    public BlockLedger(int blockSize, int capacity, int hostCapacity) {
        if (blockSize < 1 || capacity < 1 || hostCapacity < 0) {
            throw new IllegalArgumentException("expected blockSize >= 1, capacity >= 1 and hostCapacity >= 0, got "
                    + blockSize + ", " + capacity + " and " + hostCapacity);
        }
        this.blockSize = blockSize;
        this.capacity = capacity;
        this.hostCapacity = hostCapacity;
        this.free = capacity;
        this.blank = capacity;
        this.hostFree = hostCapacity;
    }

    @Override
    public int blockSize() {
        return blockSize;
    }

    @Override
    public int capacity() {
        return capacity;
    }

    @Override
    public int free() {
        return free;
    }

    @Override
    public int held(long sequence) {
        return held.getOrDefault(sequence, 0);
    }

    @Override
    public void reserve(long sequence, int tokens) {
        requireNotNegative(sequence, tokens);
        if (hostHeld(sequence) > 0) {
            throw new IllegalStateException("sequence " + sequence + " has blocks in host memory");
        }
        int more = needed(sequence, tokens);
        if (more > free) {
            throw new IllegalStateException("sequence " + sequence + " needs " + more + " more blocks for " + tokens
                    + " tokens, " + free + " of " + capacity + " are free");
        }
        if (more > 0) {
            forget(sequence);
            held.merge(sequence, more, Integer::sum);
            take(more);
        }
    }

    /** Takes free blocks, of which there are enough. */
    private void take(int blocks) {
        free -= blocks;
        int overwritten = Math.max(0, blocks - blank);
        blank -= blocks - overwritten;
        while (overwritten > 0) {
            Retired first = order.first();
            int lost = Math.min(overwritten, first.blocks);
            overwritten -= lost;
            first.blocks -= lost;
            if (first.blocks == 0) {
                forget(first.sequence);
            }
        }
    }

    /** Makes the blocks with a sequence's contents blank. */
    private void forget(long sequence) {
        Retired gone = retired.remove(sequence);
        if (gone != null) {
            order.remove(gone);
            blank += gone.blocks;
        }
    }

    /** Free blocks, which are not blank, are a sequence's contents from now on. */
    private void keep(long sequence, int blocks) {
        Retired kept = new Retired(sequence, blocks);
        retired.put(sequence, kept);
        order.giveUp(kept);
        order.add(kept);
    }

    @Override
    public void shrink(long sequence, int tokens) {
        requireNotNegative(sequence, tokens);
        int keep = blocksFor(tokens);
        int surplus = held(sequence) - keep;
        if (surplus > 0) {
            free += surplus;
            blank += surplus;
            if (keep == 0) {
                held.remove(sequence);
            } else {
                held.put(sequence, keep);
            }
        }
    }

    @Override
    public void release(long sequence) {
        shrink(sequence, 0);
        forget(sequence);
        Integer blocks = hosted.remove(sequence);
        hostFree += blocks == null ? 0 : blocks;
    }

    @Override
    public void retire(long sequence, int computedTokens) {
        requireNotNegative(sequence, computedTokens);
        int full = Math.min(held(sequence), computedTokens / blockSize);
        if (full == 0 || hostHeld(sequence) > 0) {
            release(sequence);
            return;
        }
        shrink(sequence, full * blockSize);
        held.remove(sequence);
        free += full;
        keep(sequence, full);
    }

    @Override
    public int reusable(long sequence) {
        Retired there = retired.get(sequence);
        return there == null ? 0 : there.blocks;
    }

    @Override
    public void reuse(long sequence, int blocks) {
        int there = reusable(sequence);
        if (blocks < 1 || blocks > there) {
            throw new IllegalStateException("sequence " + sequence + ": expected 1 to " + there
                    + " blocks to reuse, got " + blocks);
        }
        forget(sequence);
        blank -= blocks;
        free -= blocks;
        held.put(sequence, blocks);
    }

    @Override
    public void expect(long sequence, long nextUse) {
        Retired left = retired.get(sequence);
        if (left != null) {
            order.expect(left, nextUse);
        }
    }

    @Override
    public int handOver(long from, long to, int tokens) {
        requireNotNegative(from, tokens);
        if (held(to) + hostHeld(to) > 0) {
            throw new IllegalStateException("sequence " + to + " holds blocks already");
        }
        forget(to);
        if (held(from) + hostHeld(from) == 0) {
            int kept = Math.min(reusable(from), tokens / blockSize);
            forget(from);
            if (kept > 0) {
                blank -= kept;
                keep(to, kept);
            }
            return 0;
        }
        shrink(from, tokens);
        int device = held(from);
        int host = Math.min(hostHeld(from), blocksFor(tokens) - device);
        if (device > 0) {
            held.put(to, device);
            held.remove(from);
        }
        if (host > 0) {
            hosted.put(to, host);
            hosted.merge(from, -host, (have, less) -> have + less == 0 ? null : have + less);
        }
        release(from);
        return (int) Math.min(tokens, (long) (device + host) * blockSize);
    }

    @Override
    public int hostCapacity() {
        return hostCapacity;
    }

    @Override
    public int hostFree() {
        return hostFree;
    }

    @Override
    public int hostHeld(long sequence) {
        return hosted.getOrDefault(sequence, 0);
    }

    @Override
    public void swapOut(long sequence, int blocks) {
        requireMovable(sequence, blocks, held(sequence), hostFree, "host");
        move(sequence, blocks, held, hosted);
        free += blocks;
        blank += blocks;
        hostFree -= blocks;
    }

    @Override
    public void swapIn(long sequence, int blocks) {
        requireMovable(sequence, blocks, hostHeld(sequence), free, "device");
        move(sequence, blocks, hosted, held);
        take(blocks);
        hostFree += blocks;
    }

    private static void requireMovable(long sequence, int blocks, int there, int room, String target) {
        if (blocks < 1 || blocks > there || blocks > room) {
            throw new IllegalStateException("sequence " + sequence + ": expected 1 to " + Math.min(there, room)
                    + " blocks to move to the " + target + ", got " + blocks);
        }
    }

    private static void move(long sequence, int blocks, Map<Long, Integer> from, Map<Long, Integer> to) {
        from.merge(sequence, -blocks, (have, less) -> have + less == 0 ? null : have + less);
        to.merge(sequence, blocks, Integer::sum);
    }

    // A negative number would give back more blocks than the sequence holds.
    private static void requireNotNegative(long sequence, int tokens) {
        if (tokens < 0) {
            throw new IllegalArgumentException("tokens of sequence " + sequence + ": expected >= 0, got " + tokens);
        }
    }

    /** Free blocks with contents that a sequence could reuse. */
    public int retired() {
        return free - blank;
    }

    /** Number of sequences that hold a block on the device. */
    public int holders() {
        return held.size();
    }
}
