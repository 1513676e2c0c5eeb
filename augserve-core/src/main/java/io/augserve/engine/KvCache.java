package io.augserve.engine;

/**
 * The KV cache in counts of blocks; block tables stay inside the engine. Questions and deeds come in pairs: ask
 * {@link #needed} and {@link #free} first, then {@link #reserve}; ask {@link #reusable}, then {@link #reuse}. Confined to the
 * serving loop's thread.
 *
 * <p>A sequence gives its blocks back in one of two ways: {@link #release} forgets what is in them, {@link #retire} leaves it there, for
 * as long as nobody else needs the blocks. A cache without reuse keeps the defaults: retiring is releasing, and nothing is reusable.
 *
 * <p>Several sequences may share a block with equal contents. Each of them holds it, so that what a sequence {@link #needed needs} never
 * depends on others, and {@link #shared} says how much is counted more than once: always, sum of held + free = capacity + shared. Who
 * plans to take blocks back counts on {@link #exclusive}, and who plans a reuse counts on as many blocks as without one: what really
 * becomes free is then at least what was planned.
 */
public interface KvCache {
    /** The next use of contents that nobody is expected to come back for. */
    long BY_CHANCE = Long.MAX_VALUE;

    /** Tokens per block. */
    int blockSize();

    /** Blocks in all. */
    int capacity();

    /** Blocks that nobody holds, those with reusable contents included. */
    int free();

    /** Blocks that a sequence holds, alone or with others. */
    int held(long sequence);

    /** Those of a sequence's blocks that no other one shares: they become free when it gives up all that it holds. */
    default int exclusive(long sequence) {
        return held(sequence);
    }

    /** How often blocks are held beyond the first time, over all sequences; 0 in a cache where sequences share nothing. */
    default int shared() {
        return 0;
    }

    /** Further blocks that a sequence needs to hold {@code tokens} tokens in all. */
    default int needed(long sequence, int tokens) {
        return Math.max(0, blocksFor(tokens) - held(sequence));
    }

    /** Blocks that {@code tokens} tokens fill. */
    default int blocksFor(int tokens) {
        return (int) (((long) tokens + blockSize() - 1) / blockSize());
    }

    /**
     * Gives a sequence the blocks it needs to hold {@code tokens} tokens in all. One that held none starts over: what it could have
     * reused is forgotten.
     *
     * @param tokens at least 0
     * @throws IllegalArgumentException if {@code tokens} is negative
     * @throws IllegalStateException if fewer than {@link #needed} are free; nothing has changed then
     */
    void reserve(long sequence, int tokens);

    /**
     * Takes back a sequence's blocks beyond those that {@code tokens} tokens fill: the undoing of {@link #reserve}.
     *
     * @param tokens at least 0
     * @throws IllegalArgumentException if {@code tokens} is negative
     */
    void shrink(long sequence, int tokens);

    /** Takes back all blocks of a sequence, in device and host memory, and forgets what is reusable for it alone. Contents that a cache
     * recognises by their tokens are nobody's own and stay. */
    void release(long sequence);

    /**
     * Takes back all blocks of a sequence, which may come back for their contents: its full blocks stay {@link #reusable} until they are
     * overwritten. Nothing is kept of a sequence with blocks in host memory.
     *
     * @param computedTokens tokens at its front whose keys and values are in its blocks; at least 0
     * @throws IllegalArgumentException if {@code computedTokens} is negative
     */
    default void retire(long sequence, int computedTokens) {
        release(sequence);
    }

    /**
     * Leading full blocks of a sequence whose keys and values are still in the cache though it does not hold them: those that it retired
     * or, in a cache that recognises equal contents, those that another sequence computed. Those that nobody holds count as
     * {@link #free} and are overwritten when others need them, so the number may fall with any reservation. 0 for a sequence that holds
     * blocks.
     */
    default int reusable(long sequence) {
        return 0;
    }

    /**
     * Gives a sequence its first reusable blocks, contents and all; what else was reusable for it alone is forgotten. {@link #free}
     * falls by {@code blocks}, or by less in a cache where sequences share blocks.
     *
     * @param blocks 1 to {@link #reusable}
     * @throws IllegalStateException if fewer are reusable; nothing has changed then
     */
    default void reuse(long sequence, int blocks) {
        throw new IllegalStateException("this KV cache has nothing to reuse");
    }

    /**
     * Says when a sequence without blocks is expected to use again what is {@link #reusable} for it. What nobody is expected for is overwritten
     * first, then what is used again latest, and of equals what was given up longest ago: {@link EvictionOrder} has the reasons. Blocks that
     * several sequences are expected for are kept for the first of them.
     *
     * <p>It holds until something else is said, the sequence holds blocks again or is {@link #release released}, even if the instant passes. Does
     * nothing for a sequence that holds blocks or has left none, nor in a cache without reuse or with an order of its own.
     *
     * @param nextUse on any clock on which later is more, the same one in all calls; {@link #BY_CHANCE} for a sequence that is not
     *        expected any more
     */
    default void expect(long sequence, long nextUse) {}

    /**
     * Gives a sequence what another one holds, on the device and in host memory, of tokens with which both begin. What the other one holds
     * beyond them is given back, and it holds nothing from then on; if it holds nothing now, what it could reuse becomes reusable for the new
     * one, which nobody {@link #expect expects} until that is said. A cache that cannot do this keeps the default, which retires.
     *
     * @param from who holds keys and values of at least {@code tokens} tokens, or nothing
     * @param to who holds nothing
     * @param tokens that both begin with; at least 0
     * @return how many of them are in the new one's blocks, none of which is empty; the others must be computed
     * @throws IllegalArgumentException if {@code tokens} is negative
     * @throws IllegalStateException if {@code to} holds blocks; nothing has changed then
     */
    default int handOver(long from, long to, int tokens) {
        retire(from, tokens);
        return 0;
    }

    /**
     * Whether two sequences have the same tokens in their first {@code blocks} blocks, so that what one computes there the other can reuse.
     * Never in a cache that does not recognise equal contents.
     *
     * @param blocks at least 1; false if one of them has fewer full blocks of known tokens
     */
    default boolean beginAlike(long sequence, long other, int blocks) {
        return false;
    }

    /** Blocks that host memory has room for; 0 if the engine does not swap. */
    default int hostCapacity() {
        return 0;
    }

    /** Blocks of host memory that nobody holds. */
    default int hostFree() {
        return 0;
    }

    /** Blocks of a sequence that are in host memory; it cannot be computed while there is one. */
    default int hostHeld(long sequence) {
        return 0;
    }

    /**
     * Moves blocks of a sequence to host memory, those at its end first; device blocks that no other sequence shares are free for others
     * at once. The engine copies before the next step computes anything.
     *
     * @param blocks 1 to {@link #held}
     * @throws IllegalStateException if the sequence holds fewer or host memory has no room; nothing has changed then
     */
    default void swapOut(long sequence, int blocks) {
        throw new IllegalStateException("this KV cache has no host memory");
    }

    /**
     * Moves blocks of a sequence back to the device.
     *
     * @param blocks 1 to {@link #hostHeld}
     * @throws IllegalStateException if fewer are in host memory or fewer are free on the device; nothing has changed then
     */
    default void swapIn(long sequence, int blocks) {
        throw new IllegalStateException("this KV cache has no host memory");
    }
}
