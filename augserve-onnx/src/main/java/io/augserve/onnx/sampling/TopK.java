package io.augserve.onnx.sampling;

/**
 * The k tokens with the highest logits, the lower id first among equals, without sorting the vocabulary: a heap of k ids with the
 * worst on top, which most tokens fail to enter by one comparison. O(n + e log k) where e tokens enter; e is about k ln(n / k)
 * when logits come in random order. Static and without state; callers bring the array.
 */
final class TopK {
    private static final RowScan SCAN = RowScan.best();

    private TopK() {}

    /**
     * Chooses tokens; a logit of minus infinity is never chosen.
     *
     * @param logits by token id; no NaN
     * @param k how many at most; at least 0
     * @param ids receives the chosen ids in no particular order; at least min(k, logits.length) long
     * @return how many were chosen: k, or as many as have a finite logit if those are fewer
     */
    static int select(float[] logits, int k, int[] ids) {
        if (k == 0) {
            return 0;
        }
        int size = 0;
        float worst = Float.NEGATIVE_INFINITY;
        // Ids ascend, so a token that equals the worst one ranks behind it and stays out.
        for (int token = SCAN.firstAbove(logits, 0, worst); token < logits.length; token = SCAN.firstAbove(logits,
                token + 1, worst)) {
            if (size < k) {
                ids[size] = token;
                siftUp(logits, ids, size++);
                worst = size < k ? Float.NEGATIVE_INFINITY : logits[ids[0]];
            } else {
                ids[0] = token;
                siftDown(logits, ids, size);
                worst = logits[ids[0]];
            }
        }
        return size;
    }

    /** As {@link #select}, best first. */
    static int selectSorted(float[] logits, int k, int[] ids) {
        int size = select(logits, k, ids);
        // Heap sort: the worst of those that are left goes to the end.
        for (int left = size - 1; left > 0; left--) {
            swap(ids, 0, left);
            siftDown(logits, ids, left);
        }
        return size;
    }

    private static void siftUp(float[] logits, int[] ids, int from) {
        int child = from;
        while (child > 0) {
            int parent = (child - 1) >>> 1;
            if (!ranksBehind(logits, ids[child], ids[parent])) {
                return;
            }
            swap(ids, child, parent);
            child = parent;
        }
    }

    private static void siftDown(float[] logits, int[] ids, int size) {
        int parent = 0;
        while (true) {
            int child = 2 * parent + 1;
            if (child >= size) {
                return;
            }
            if (child + 1 < size && ranksBehind(logits, ids[child + 1], ids[child])) {
                child++;
            }
            if (!ranksBehind(logits, ids[child], ids[parent])) {
                return;
            }
            swap(ids, child, parent);
            parent = child;
        }
    }

    private static boolean ranksBehind(float[] logits, int a, int b) {
        return logits[a] < logits[b] || (logits[a] == logits[b] && a > b);
    }

    private static void swap(int[] ids, int i, int j) {
        int id = ids[i];
        ids[i] = ids[j];
        ids[j] = id;
    }
}
