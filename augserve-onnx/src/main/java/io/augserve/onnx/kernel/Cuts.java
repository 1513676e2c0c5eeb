package io.augserve.onnx.kernel;

/** The new tokens of all sequences of a batch, cut into pieces of at most so many tokens; no piece crosses sequences, none is empty. */
final class Cuts {
    private final PagedBatch batch;
    private final int size;
    /** Per sequence the number of its first piece; one more at the end. */
    private final int[] first;

    private Cuts(PagedBatch batch, int size, int[] first) {
        this.batch = batch;
        this.size = size;
        this.first = first;
    }

    static Cuts of(PagedBatch batch, int size) {
        int[] first = new int[batch.sequences() + 1];
        for (int s = 0; s < batch.sequences(); s++) {
            first[s + 1] = first[s] + (batch.newTokens(s) + size - 1) / size;
        }
        return new Cuts(batch, size, first);
    }

    int count() {
        return first[batch.sequences()];
    }

    /** The sequence that a piece belongs to. */
    int sequence(int piece) {
        int low = 0;
        int high = batch.sequences();
        while (high - low > 1) {
            int middle = (low + high) >>> 1;
            if (first[middle] <= piece) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The piece's first token, counted from the sequence's first new token. */
    int from(int piece) {
        return (piece - first[sequence(piece)]) * size;
    }

    int length(int piece) {
        return Math.min(size, batch.newTokens(sequence(piece)) - from(piece));
    }
}
