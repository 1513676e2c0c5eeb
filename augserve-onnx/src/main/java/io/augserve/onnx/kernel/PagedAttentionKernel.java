package io.augserve.onnx.kernel;

import java.lang.foreign.MemorySegment;
import java.util.function.IntConsumer;

/**
 * The computation of one PagedAttention node: first every new key and value goes into the cache, then every tile of queries is attended. Both phases
 * are spread over the workers, the second by (sequence, key/value head, tile of queries). Results do not depend on how a sequence was cut into calls
 * or on the threads, up to the rounding of the tile's order. Thread-safe.
 */
final class PagedAttentionKernel {
    /** New tokens that one task writes into the cache. */
    private static final int WRITE_TOKENS = 32;
    /** Elements to multiply or copy, below which waking another thread takes longer than it saves (some 20 microseconds). */
    private static final long MIN_SPREAD_WORK = 1 << 18;
    private static final ThreadLocal<Tile> TILES = ThreadLocal.withInitial(Tile::new);

    private final AttentionAttributes attributes;
    private final TileAttention attention;
    private final Workers workers;

    PagedAttentionKernel(AttentionAttributes attributes, TileMath math, Workers workers) {
        this.attributes = attributes;
        this.attention = new TileAttention(attributes, math);
        this.workers = workers;
    }

    AttentionAttributes attributes() {
        return attributes;
    }

    /**
     * Computes one call.
     *
     * @param output receives [tokens, heads * headSize]
     * @throws IllegalArgumentException if an index in the batch leads nowhere; nothing is written then
     */
    void compute(PagedBatch batch, MemorySegment output) {
        batch.check(attributes);
        Cuts writes = Cuts.of(batch, WRITE_TOKENS);
        spread(batch.tokens() * batch.layout().tokenStride(), writes.count(), task -> {
            Tile tile = TILES.get();
            tile.reset(1, batch.layout().headSize());
            CacheWriter.write(batch, writes.sequence(task), writes.from(task), writes.length(task), tile.queries);
        });
        Cuts tiles = Cuts.of(batch, TileAttention.queriesPerTile(attributes));
        int kvHeads = attributes.kvHeads();
        long work = batch.queryKeyPairs() * attributes.heads() * batch.layout().headSize();
        spread(work, tiles.count() * kvHeads, task -> {
            // Long contexts last in a sequence, so from the back: the largest tasks come first and the small ones fill the gaps.
            int cut = tiles.count() - 1 - task / kvHeads;
            attention.attend(batch, tiles.sequence(cut), task % kvHeads, tiles.from(cut), tiles.length(cut),
                    TILES.get(),
                    output);
        });
    }

    private void spread(long work, int tasks, IntConsumer task) {
        if (work >= MIN_SPREAD_WORK) {
            workers.run(tasks, task);
        } else {
            for (int i = 0; i < tasks; i++) {
                task.accept(i);
            }
        }
    }
}
