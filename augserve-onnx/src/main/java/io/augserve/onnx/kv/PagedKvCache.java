package io.augserve.onnx.kv;

import io.augserve.engine.KvCache;
import io.augserve.engine.Sequence;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A KV cache with block tables in which sequences share blocks, after vLLM's automatic prefix caching (Kwon et al., SOSP 2023, and vLLM's design
 * document on it), with SGLang's rule that equal contents are there once.
 *
 * <p><b>Recognising.</b> A sequence that was {@link #register registered} has its full blocks recognised by their tokens and all tokens before them as
 * soon as they are {@link #computed}. From then on nobody writes into them. Whoever gives blocks back leaves what is recognised in place: those blocks
 * are free, and {@link #reusable} for every sequence that begins with the same tokens, be it a system prompt, an earlier turn or a context that was
 * discarded. They are taken after the blank ones and in their {@link io.augserve.engine.EvictionOrder}, from the end of what goes on from each other, so
 * that what is left is always a prefix. Where several sequences are {@linkplain #expect expected} to go on from one, the first of them counts.
 *
 * <p><b>Sharing.</b> A block may be held by many. The block that a sequence is filling is its own: only full blocks are shared, and at most all known
 * tokens but one are reused, so that of a prompt that is there to the last block, the last block is computed again. Copy-on-write is left for a
 * sequence that is {@link #shrink shrunk} into the middle of a recognised block and grows again: {@link #reserve} gives it a copy.
 *
 * <p><b>Swapping.</b> Blocks go to the host from the end. A recognised block that was swapped out stays reusable on the device until it is taken, and
 * one that is still there when it is swapped in is shared instead of copied.
 *
 * <p>Copies are written down in the order in which they were caused; who runs steps {@link #takeCopies takes} and makes them before computing. In that
 * order every copy reads what it should, even if its source has been given to someone else since.
 */
public final class PagedKvCache implements KvCache {
    private final int blockSize;
    private final int hostCapacity;
    private final BlockStore store;
    private final Map<Long, SequenceBlocks> sequences = new HashMap<>();
    private final SequenceBlocks nothing;

    /** A cache without host memory. */
    public PagedKvCache(int blockSize, int capacity) {
        this(blockSize, capacity, 0);
    }

    /**
     * @param blockSize tokens per block; at least 1
     * @param capacity blocks on the device, numbered from 0; at least 1
     * @param hostCapacity blocks in host memory, numbered from 0; at least 0
     * @throws IllegalArgumentException if one is smaller
     */
    public PagedKvCache(int blockSize, int capacity, int hostCapacity) {
        this(blockSize, capacity, hostCapacity, ChainHash.mixing());
    }

    PagedKvCache(int blockSize, int capacity, int hostCapacity, ChainHash hash) {
        if (blockSize < 1 || capacity < 1 || hostCapacity < 0) {
            throw new IllegalArgumentException("expected blockSize >= 1, capacity >= 1 and hostCapacity >= 0, got "
                    + blockSize + ", " + capacity + " and " + hostCapacity);
        }
        this.blockSize = blockSize;
        this.hostCapacity = hostCapacity;
        this.store = BlockStore.of(capacity, hostCapacity, hash);
        this.nothing = new SequenceBlocks(store, blockSize);
    }

    /** From now on until {@link #forget}, the blocks of a sequence are recognised by its tokens. */
    public void register(Sequence sequence) {
        sequences.computeIfAbsent(sequence.id(), _ -> new SequenceBlocks(store, blockSize)).register(sequence);
    }

    /** A sequence will not be seen again; what it holds is released. */
    public void forget(long sequence) {
        release(sequence);
        sequences.remove(sequence);
    }

    /** The keys and values of a sequence's first {@code tokens} tokens are in its blocks; of what is not registered, nothing is learned. */
    public void computed(long sequence, int tokens) {
        of(sequence).computed(tokens);
    }

    /** The copies to be made before the next step computes, in this order; they are not given out again. */
    public List<BlockCopy> takeCopies() {
        List<BlockCopy> taken = List.copyOf(store.copies());
        store.copies().clear();
        return taken;
    }

    /** The blocks of a sequence; empty if it holds none. Changes with the sequence's reservations. */
    public BlockTable table(long sequence) {
        return of(sequence).device();
    }

    private SequenceBlocks of(long sequence) {
        return sequences.getOrDefault(sequence, nothing);
    }

    @Override
    public int blockSize() {
        return blockSize;
    }

    @Override
    public int capacity() {
        return store.device().capacity();
    }

    @Override
    public int free() {
        return store.device().free();
    }

    @Override
    public int shared() {
        return store.device().shared();
    }

    @Override
    public int held(long sequence) {
        return table(sequence).size();
    }

    @Override
    public int exclusive(long sequence) {
        return of(sequence).exclusive();
    }

    /** {@inheritDoc} One more than the difference if the block to be written next is shared and has to be copied. */
    @Override
    public int needed(long sequence, int tokens) {
        return KvCache.super.needed(sequence, tokens) + of(sequence).neededForCopies(tokens);
    }

    @Override
    public void reserve(long sequence, int tokens) {
        requireNotNegative(sequence, tokens);
        if (hostHeld(sequence) > 0) {
            throw new IllegalStateException("sequence " + sequence + " has blocks in host memory");
        }
        int more = needed(sequence, tokens);
        if (more > free()) {
            throw new IllegalStateException("sequence " + sequence + " needs " + more + " more blocks for " + tokens
                    + " tokens, " + free() + " of " + capacity() + " are free");
        }
        if (tokens > 0) {
            sequences.computeIfAbsent(sequence, _ -> new SequenceBlocks(store, blockSize))
                    .grow(tokens, blocksFor(tokens));
        }
    }

    @Override
    public void shrink(long sequence, int tokens) {
        requireNotNegative(sequence, tokens);
        of(sequence).shrink(tokens, blocksFor(tokens));
        tidy(sequence);
    }

    @Override
    public void release(long sequence) {
        of(sequence).release();
        tidy(sequence);
    }

    private void tidy(long sequence) {
        if (of(sequence).isForgettable()) {
            sequences.remove(sequence);
        }
    }

    @Override
    public void retire(long sequence, int computedTokens) {
        requireNotNegative(sequence, computedTokens);
        if (hostHeld(sequence) == 0) {
            computed(sequence, computedTokens);
        }
        release(sequence);
    }

    @Override
    public int reusable(long sequence) {
        return of(sequence).reusable();
    }

    @Override
    public void reuse(long sequence, int count) {
        int there = reusable(sequence);
        if (count < 1 || count > there) {
            throw new IllegalStateException("sequence " + sequence + ": expected 1 to " + there
                    + " blocks to reuse, got " + count);
        }
        of(sequence).reuse(count);
    }

    @Override
    public void expect(long sequence, long nextUse) {
        of(sequence).expect(nextUse);
    }

    /**
     * {@inheritDoc} A recognised block that the new sequence would have to write into, because the common tokens end within it, stays where it
     * is and is not handed over: others may come to share it.
     */
    @Override
    public int handOver(long from, long to, int tokens) {
        requireNotNegative(from, tokens);
        if (held(to) + hostHeld(to) > 0) {
            throw new IllegalStateException("sequence " + to + " holds blocks already");
        }
        SequenceBlocks giver = of(from);
        int handed = 0;
        if (!giver.isEmpty()) {
            giver.computed(tokens);
            handed = sequences.computeIfAbsent(to, _ -> new SequenceBlocks(store, blockSize)).takeOver(giver, tokens);
        }
        tidy(from);
        tidy(to);
        return handed;
    }

    @Override
    public boolean beginAlike(long sequence, long other, int blocks) {
        return of(sequence).beginsLike(of(other), blocks);
    }

    @Override
    public int hostCapacity() {
        return hostCapacity;
    }

    @Override
    public int hostFree() {
        return store.slots().free();
    }

    @Override
    public int hostHeld(long sequence) {
        return of(sequence).hosted();
    }

    @Override
    public void swapOut(long sequence, int count) {
        requireMovable(sequence, count, held(sequence), hostFree(), "host");
        SequenceBlocks mine = of(sequence);
        for (int i = 0; i < count; i++) {
            mine.swapOut();
        }
    }

    @Override
    public void swapIn(long sequence, int count) {
        requireMovable(sequence, count, hostHeld(sequence), free(), "device");
        SequenceBlocks mine = of(sequence);
        for (int i = 0; i < count; i++) {
            mine.swapIn();
        }
    }

    private static void requireMovable(long sequence, int blocks, int there, int room, String target) {
        if (blocks < 1 || blocks > there || blocks > room) {
            throw new IllegalStateException("sequence " + sequence + ": expected 1 to " + Math.min(there, room)
                    + " blocks to move to the " + target + ", got " + blocks);
        }
    }

    private static void requireNotNegative(long sequence, int tokens) {
        if (tokens < 0) {
            throw new IllegalArgumentException("tokens of sequence " + sequence + ": expected >= 0, got " + tokens);
        }
    }

    /** A copy of the free blocks' numbers. */
    int[] freeBlocks() {
        return store.device().freeBlocks();
    }

    /** Sequences that hold a block. */
    int holders(int block) {
        return store.device().holders(block);
    }

    /** Blocks whose contents are known, held or free. */
    int recognised() {
        return store.index().size();
    }
}
