package io.augserve.onnx.kernel;

import java.util.function.IntConsumer;

/**
 * The calls of {@link PagedAttentionKernel} that one thread makes, one after the other, and all that they work with, used again from call to call.
 * Confined to that thread and, while it waits, to the workers.
 */
final class AttentionCall {
    /** New tokens that one task writes into the cache. */
    private static final int WRITE_TOKENS = 32;
    /** Elements to multiply, below which telling another thread takes longer than it saves (a microsecond or two, while it still spins). */
    private static final long MIN_SPREAD_WORK = 1 << 15;
    /** What writing an element costs, which is rotated and moved to its panel, in multiplications. */
    private static final long WRITE_WORK = 8;
    private static final ThreadLocal<Tile> TILES = ThreadLocal.withInitial(Tile::new);

    private final AttentionAttributes attributes;
    private final TileAttention attention;
    private final CacheWriter writer;
    private final Lanes lanes;
    private final Pieces pieces;
    private final Partials partials = new Partials();
    private final IntConsumer writing = this::write;
    private final IntConsumer attending = this::attend;
    private PagedBatch batch = PagedBatch.NONE;
    private long output;

    AttentionCall(AttentionAttributes attributes, TileMath math, KvElements elements, Workers workers) {
        this.attributes = attributes;
        this.attention = new TileAttention(attributes, math, elements);
        this.writer = new CacheWriter(math, elements);
        this.lanes = new Lanes(workers);
        this.pieces = new Pieces(attributes, TileAttention.queriesPerTile(attributes));
    }

    /** Computes a batch that was checked. */
    void run(PagedBatch checked, long target) {
        batch = checked;
        output = target;
        try {
            int tokens = batch.tokens();
            spread(tokens * batch.layout().tokenStride() * WRITE_WORK, (tokens + WRITE_TOKENS - 1) / WRITE_TOKENS,
                    writing);
            pieces.cut(batch);
            partials.reset(pieces.partialRows(), batch.layout().headSize());
            spread(batch.queryKeyPairs() * attributes.heads() * batch.layout().headSize(),
                    pieces.count() * attributes.kvHeads(), attending);
            merge();
        } finally {
            batch = PagedBatch.NONE;
        }
    }

    private void write(int task) {
        int from = task * WRITE_TOKENS;
        writer.write(batch, from, Math.min(from + WRITE_TOKENS, batch.tokens()), scratch());
    }

    /** Long contexts last in a sequence, so from the back: the largest tasks come first and the small ones fill the gaps. */
    private void attend(int task) {
        int piece = pieces.count() - 1 - task / attributes.kvHeads();
        attention.attend(batch, pieces, piece, task % attributes.kvHeads(), TILES.get(), partials, output);
    }

    private void merge() {
        int piece = 0;
        while (piece < pieces.count()) {
            int ranges = 1;
            if (pieces.partial(piece) != Pieces.WHOLE) {
                ranges = pieces.ranges(piece);
                attention.merge(batch, pieces, piece, ranges, partials, scratch(), output);
            }
            piece += ranges;
        }
    }

    /** Room for a head. */
    private float[] scratch() {
        Tile tile = TILES.get();
        tile.reset(1, batch.layout().headSize(), batch.layout().panel());
        return tile.queries;
    }

    private void spread(long work, int tasks, IntConsumer task) {
        if (work >= MIN_SPREAD_WORK) {
            lanes.run(tasks, task);
        } else {
            for (int i = 0; i < tasks; i++) {
                task.accept(i);
            }
        }
    }
}
