package io.augserve.onnx.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Attention of one tile: consecutive queries of a sequence, with all the query heads that share one key/value head. The keys are walked once, block
 * by block, for all rows of the tile, with online softmax (Milakov and Gimelshein, 2018; FlashAttention, Dao et al., 2022): per row the largest score
 * m, the total l and the weighted sum a so far. A further column set with largest score m' gives
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

    TileAttention(AttentionAttributes attributes, TileMath math) {
        this.attributes = attributes;
        this.math = math;
    }

    /** Queries per tile. */
    static int queriesPerTile(AttentionAttributes attributes) {
        return Math.max(1, ROWS / attributes.group());
    }

    /**
     * Attends some of a sequence's new tokens, whose keys and values are in the cache already.
     *
     * @param from the first query, counted from the sequence's first new token
     * @param output [tokens, heads * headSize]; the rows of these queries and heads are written
     */
    void attend(PagedBatch batch, int sequence, int kvHead, int from, int queries, Tile tile, MemorySegment output) {
        int firstPosition = batch.pastTokens(sequence) + from;
        int endPosition = firstPosition + queries;
        tile.reset(queries * attributes.group(), batch.layout().headSize());
        loadQueries(batch, batch.first(sequence) + from, firstPosition, kvHead, queries, tile);
        int position = attributes.firstVisible(firstPosition);
        while (position < endPosition) {
            int offset = position % batch.layout().blockSize();
            int columns = Math.min(Math.min(Tile.COLUMNS, batch.layout().blockSize() - offset), endPosition - position);
            int block = batch.block(sequence, position);
            attendColumns(batch, batch.layout().index(block, offset, kvHead), position, columns, firstPosition, tile);
            position += columns;
        }
        storeOutput(batch, batch.first(sequence) + from, kvHead, queries, tile, output);
    }

    /** Row = query * group + head in the group. */
    private void loadQueries(PagedBatch batch, int firstToken, int firstPosition, int kvHead, int queries, Tile tile) {
        int group = attributes.group();
        for (int row = 0; row < tile.rows; row++) {
            int query = row / group;
            long source = head(firstToken + query, kvHead * group + row % group, tile.headSize);
            Rotary.rotate(batch, firstPosition + query, batch.query(), source, tile.queries, row * tile.headSize);
        }
        math.scale(tile.queries, 0, queries * group * tile.headSize, attributes.scaleFor(tile.headSize));
    }

    private void attendColumns(PagedBatch batch, long element, int firstColumn, int columns, int firstPosition,
            Tile tile) {
        long offset = element * Float.BYTES;
        long stride = batch.layout().tokenStride() * Float.BYTES;
        // Queries before the first column see none of them.
        int firstRow = Math.max(0, firstColumn - firstPosition) * attributes.group();
        math.scores(tile, firstRow, batch.keyCache(), offset, stride, columns);
        for (int row = firstRow; row < tile.rows; row++) {
            int position = firstPosition + row / attributes.group();
            int from = Math.max(0, attributes.firstVisible(position) - firstColumn);
            int to = Math.min(columns, position + 1 - firstColumn);
            softmaxStep(tile, row, columns, from, to);
        }
        math.mix(tile, firstRow, batch.valueCache(), offset, stride, columns);
    }

    /** Turns the row's scores of columns {@code from} to {@code to} into weights, the others into 0, and rescales what the row has so far. */
    private void softmaxStep(Tile tile, int row, int columns, int from, int to) {
        int scores = row * Tile.COLUMNS;
        Arrays.fill(tile.scores, scores, scores + Math.min(from, columns), 0);
        if (from >= to) {
            return;
        }
        Arrays.fill(tile.scores, scores + to, scores + columns, 0);
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

    private void storeOutput(PagedBatch batch, int firstToken, int kvHead, int queries, Tile tile,
            MemorySegment output) {
        int size = batch.layout().headSize();
        int group = attributes.group();
        for (int row = 0; row < queries * group; row++) {
            math.scale(tile.sums, row * size, (row + 1) * size, 1 / tile.totals[row]);
            long target = head(firstToken + row / group, kvHead * group + row % group, size);
            MemorySegment.copy(tile.sums, row * size, output, JAVA_FLOAT, target * Float.BYTES, size);
        }
    }

    private long head(int token, int head, int headSize) {
        return ((long) token * attributes.heads() + head) * headSize;
    }
}
