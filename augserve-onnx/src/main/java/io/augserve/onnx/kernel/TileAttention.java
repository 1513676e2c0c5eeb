package io.augserve.onnx.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Attention of one tile: consecutive queries of a sequence, with all the query heads that share one key/value head. The keys are walked once, a few
 * panels at a time, for all rows of the tile, with online softmax (Milakov and Gimelshein, 2018; FlashAttention, Dao et al., 2022): per row the
 * largest score m, the total l and the weighted sum a so far. A further column set with largest score m' gives
 *
 * <pre>{@code
 * M = max(m, m');  l = l * exp(m - M) + sum_j exp(s_j - M);  a = a * exp(m - M) + sum_j exp(s_j - M) * v_j;  m = M
 * }</pre>
 *
 * and in the end the row is a / l. Scores are never all kept, so memory does not grow with the context.
 */
final class TileAttention {
    /** Rows of a tile that make a loaded key pay, and whose state still fits the nearest cache. */
    private static final int ROWS = 32;

    private final AttentionAttributes attributes;
    private final TileMath math;
    private final KvElements elements;

    TileAttention(AttentionAttributes attributes, TileMath math, KvElements elements) {
        this.attributes = attributes;
        this.math = math;
        this.elements = elements;
    }

    /** Queries per tile. */
    static int queriesPerTile(AttentionAttributes attributes) {
        return Math.max(1, ROWS / attributes.group());
    }

    /**
     * Attends one piece for one key/value head; the keys and values are in the cache already.
     *
     * @param partials receives the rows of a piece that does not see all, in the order of key/value heads, queries, heads of the group
     * @param output address of [tokens, heads * headSize]; the rows of the queries of a piece that sees all are written
     */
    void attend(PagedBatch batch, Pieces pieces, int piece, int kvHead, Tile tile, Partials partials,
            long output) {
        int sequence = pieces.sequence(piece);
        int queries = pieces.queries(piece);
        int firstToken = batch.first(sequence) + pieces.from(piece);
        int firstPosition = batch.pastTokens(sequence) + pieces.from(piece);
        KvLayout layout = batch.layout();
        int panel = layout.panel();
        tile.reset(queries * attributes.group(), layout.headSize(), panel);
        loadQueries(batch, firstToken, firstPosition, kvHead, tile);
        int end = pieces.end(piece);
        int most = Tile.COLUMNS / panel;
        for (int position = pieces.begin(piece) / panel * panel; position < end; position += tile.panels * panel) {
            tile.panels = Math.min(most, (end - position + panel - 1) / panel);
            for (int i = 0; i < tile.panels; i++) {
                int at = position + i * panel;
                tile.indices[i] = layout.panelIndex(batch.block(sequence, at), at % layout.blockSize(), kvHead);
            }
            attendColumns(batch, position, Math.max(position, pieces.begin(piece)), end, firstPosition, tile);
        }
        if (pieces.partial(piece) == Pieces.WHOLE) {
            storeOutput(firstToken, kvHead, tile, output);
        } else {
            partials.store(pieces.partial(piece) + kvHead * tile.rows, tile);
        }
    }

    /** Row = query * group + head in the group. */
    private void loadQueries(PagedBatch batch, int firstToken, int firstPosition, int kvHead, Tile tile) {
        int group = attributes.group();
        for (int row = 0; row < tile.rows; row++) {
            int query = row / group;
            long source = head(firstToken + query, kvHead * group + row % group, tile.headSize);
            Rotary.rotate(batch, math, firstPosition + query, batch.query(), source, tile.queries,
                    row * tile.headSize);
        }
        math.scale(tile.queries, 0, tile.rows * tile.headSize, attributes.scaleFor(tile.headSize));
    }

    /** @param firstColumn position of the panels' first key; of the keys those from {@code begin} to {@code end - 1} count */
    private void attendColumns(PagedBatch batch, int firstColumn, int begin, int end, int firstPosition, Tile tile) {
        int group = attributes.group();
        int columns = Math.min(tile.panels * tile.panel, end - firstColumn);
        // Queries before the first column see none of them.
        int firstRow = Math.max(0, firstColumn - firstPosition) * group;
        elements.open(batch.keyCache().address(), tile, math);
        math.scores(tile, firstRow);
        for (int row = firstRow; row < tile.rows; row++) {
            int position = firstPosition + row / group;
            int from = Math.max(begin, attributes.firstVisible(position)) - firstColumn;
            int to = Math.min(columns, position + 1 - firstColumn);
            softmaxStep(tile, row, columns, from, to);
        }
        elements.open(batch.valueCache().address(), tile, math);
        math.mix(tile, firstRow, begin - firstColumn, columns);
    }

    /** Turns the row's scores of columns {@code from} to {@code to} into weights, the others into 0, and rescales what the row has so far. */
    private void softmaxStep(Tile tile, int row, int columns, int from, int to) {
        int scores = row * Tile.COLUMNS;
        if (from > 0) {
            Arrays.fill(tile.scores, scores, scores + Math.min(from, columns), 0);
        }
        if (from >= to) {
            return;
        }
        if (to < columns) {
            Arrays.fill(tile.scores, scores + to, scores + columns, 0);
        }
        if (attributes.softcap() > 0) {
            cap(tile.scores, scores + from, scores + to);
        }
        float before = tile.maxima[row];
        float max = Math.max(before, math.max(tile.scores, scores + from, scores + to));
        if (max > before) {
            float correction = (float) Math.exp(before - max);
            tile.totals[row] *= correction;
            math.scale(tile.sums, row * tile.headSize, (row + 1) * tile.headSize, correction);
            tile.maxima[row] = max;
        }
        tile.totals[row] += math.expAndSum(tile.scores, scores + from, scores + to, max);
    }

    private void cap(float[] scores, int from, int to) {
        float cap = attributes.softcap();
        for (int i = from; i < to; i++) {
            scores[i] = cap * (float) Math.tanh(scores[i] / cap);
        }
    }

    private void storeOutput(int firstToken, int kvHead, Tile tile, long output) {
        int size = tile.headSize;
        int group = attributes.group();
        for (int row = 0; row < tile.rows; row++) {
            math.scale(tile.sums, row * size, (row + 1) * size, 1 / tile.totals[row]);
            long target = head(firstToken + row / group, kvHead * group + row % group, size);
            MemorySegment.copy(tile.sums, row * size, Memory.ALL, JAVA_FLOAT_UNALIGNED, output + target * Float.BYTES,
                    size);
        }
    }

    /**
     * Merges what the ranges of the same queries left.
     *
     * @param piece the first of them
     * @param scratch room for headSize floats
     */
    void merge(PagedBatch batch, Pieces pieces, int piece, int ranges, Partials partials, float[] scratch,
            long output) {
        int group = attributes.group();
        int rows = pieces.queries(piece) * group;
        int size = batch.layout().headSize();
        int firstToken = batch.first(pieces.sequence(piece)) + pieces.from(piece);
        for (int kvHead = 0; kvHead < attributes.kvHeads(); kvHead++) {
            for (int row = 0; row < rows; row++) {
                partials.merge(math, pieces.partial(piece) + kvHead * rows + row, ranges, rows * attributes.kvHeads(),
                        scratch);
                long target = head(firstToken + row / group, kvHead * group + row % group, size);
                MemorySegment.copy(scratch, 0, Memory.ALL, JAVA_FLOAT_UNALIGNED, output + target * Float.BYTES, size);
            }
        }
    }

    private long head(int token, int head, int headSize) {
        return ((long) token * attributes.heads() + head) * headSize;
    }
}
