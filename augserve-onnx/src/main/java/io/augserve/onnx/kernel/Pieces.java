package io.augserve.onnx.kernel;

import java.util.Arrays;

/**
 * How the attention of a batch is cut into pieces that are computed apart: consecutive queries of one sequence over a range of its positions. Most
 * pieces see all that their queries see. Few queries over a long context are cut by position too (flash-decoding, Dao et al., 2023), so that one
 * sequence keeps all cores busy; each such piece leaves {@link Partials} that are merged in the end. Where the ranges begin depends on nothing but
 * positions, so a sequence gets the same numbers in any batch and on any number of threads. Used again for every call; confined to one thread while
 * it is built.
 */
final class Pieces {
    /** Positions of a range. */
    static final int RANGE = 128;
    /** In place of a partial row: the piece writes its output itself. */
    static final int WHOLE = -1;
    private static final int FIELDS = 6;

    private final AttentionAttributes attributes;
    private final int queriesPerPiece;
    private int[] fields = new int[16 * FIELDS];
    private int count;
    private int partialRows;

    /** @param queriesPerPiece at most so many queries are attended together */
    Pieces(AttentionAttributes attributes, int queriesPerPiece) {
        this.attributes = attributes;
        this.queriesPerPiece = queriesPerPiece;
    }

    /** Cuts another batch. */
    void cut(PagedBatch batch) {
        count = 0;
        partialRows = 0;
        for (int s = 0; s < batch.sequences(); s++) {
            int tokens = batch.newTokens(s);
            for (int from = 0; from < tokens; from += queriesPerPiece) {
                int queries = Math.min(queriesPerPiece, tokens - from);
                int first = batch.pastTokens(s) + from;
                int begin = attributes.firstVisible(first);
                int end = first + queries;
                if (tokens <= queriesPerPiece && end - begin > RANGE) {
                    cutByPosition(s, from, queries, begin, end);
                } else {
                    add(s, from, queries, begin, end, WHOLE);
                }
            }
        }
    }

    private void cutByPosition(int sequence, int from, int queries, int begin, int end) {
        for (int at = begin; at < end; at = (at / RANGE + 1) * RANGE) {
            add(sequence, from, queries, at, Math.min(end, (at / RANGE + 1) * RANGE), partialRows);
            partialRows += queries * attributes.heads();
        }
    }

    private void add(int sequence, int from, int queries, int begin, int end, int partial) {
        int at = count++ * FIELDS;
        if (at + FIELDS > fields.length) {
            fields = Arrays.copyOf(fields, 2 * fields.length);
        }
        fields[at] = sequence;
        fields[at + 1] = from;
        fields[at + 2] = queries;
        fields[at + 3] = begin;
        fields[at + 4] = end;
        fields[at + 5] = partial;
    }

    int count() {
        return count;
    }

    /** Rows of all partial results, those of all heads. */
    int partialRows() {
        return partialRows;
    }

    int sequence(int piece) {
        return fields[piece * FIELDS];
    }

    /** The first query, counted from the sequence's first new token. */
    int from(int piece) {
        return fields[piece * FIELDS + 1];
    }

    int queries(int piece) {
        return fields[piece * FIELDS + 2];
    }

    /** The first position that is looked at. */
    int begin(int piece) {
        return fields[piece * FIELDS + 3];
    }

    /** Behind the last position that is looked at. */
    int end(int piece) {
        return fields[piece * FIELDS + 4];
    }

    /** The first of the piece's rows in the partial results, or {@link #WHOLE}. */
    int partial(int piece) {
        return fields[piece * FIELDS + 5];
    }

    /** Pieces from this one on that see the same queries. */
    int ranges(int piece) {
        int next = piece + 1;
        while (next < count && partial(next) != WHOLE && sequence(next) == sequence(piece)) {
            next++;
        }
        return next - piece;
    }
}
