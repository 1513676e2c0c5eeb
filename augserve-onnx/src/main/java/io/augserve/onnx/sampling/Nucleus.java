package io.augserve.onnx.sampling;

/**
 * The smallest set of heaviest tokens whose weight reaches a share of the whole (Holtzman et al., "The curious case of neural text
 * degeneration", 2020), without sorting: O(n) on average.
 *
 * <ol>
 * <li>Prune. Tokens lighter than {@code (1 - share) * total / n} weigh less than {@code (1 - share) * total} together, so the
 * others reach the share without them. Of a model's vocabulary this leaves a small part.
 * <li>Quickselect by weight instead of by rank (Hoare, "Algorithm 65: Find", 1961): part what is left around a pivot into heavier
 * and lighter, then go on in the heavier part if that alone reaches what is needed, else in the lighter part for what is missing.
 * </ol>
 *
 * <p>Among equal weights the lower id is taken first, so the set is unique. Static and without state.
 */
final class Nucleus {
    private Nucleus() {}

    /**
     * Moves the chosen tokens to the front of both arrays.
     *
     * @param ids distinct token ids; reordered
     * @param weights of the tokens in {@code ids}: 0 to 1, the heaviest exactly 1; reordered alike
     * @param size how many of both arrays count; at least 1
     * @param share of the total weight; in (0, 1]
     * @return how many were chosen; at least 1
     */
    static int select(int[] ids, double[] weights, int size, double share) {
        double total = sum(weights, 0, size);
        int kept = prune(ids, weights, size, floor(share, total, size));
        return selectWeight(ids, weights, kept, share * total);
    }

    /** Tokens lighter than this are not in the nucleus. */
    static double floor(double share, double total, int size) {
        return (1 - share) * total / size;
    }

    /** As {@link #select} of what is left after pruning: chooses the heaviest tokens that weigh {@code enough} together. */
    static int selectWeight(int[] ids, double[] weights, int size, double enough) {
        double needed = enough;
        int low = 0;
        int high = size;
        // The boundary lies in [low, high]; what stands before low is chosen and does not reach the needed weight.
        while (high - low > 1) {
            int pivot = part(ids, weights, low, high);
            double heavier = sum(weights, low, pivot);
            if (heavier >= needed) {
                high = pivot;
            } else if (heavier + weights[pivot] >= needed) {
                return pivot + 1;
            } else {
                needed -= heavier + weights[pivot];
                low = pivot + 1;
            }
        }
        return Math.max(high, 1);
    }

    private static int prune(int[] ids, double[] weights, int size, double floor) {
        int kept = 0;
        for (int i = 0; i < size; i++) {
            if (weights[i] >= floor) {
                ids[kept] = ids[i];
                weights[kept++] = weights[i];
            }
        }
        return kept;
    }

    /** Parts [low, high) around a median of three; returns where the pivot came to stand. */
    private static int part(int[] ids, double[] weights, int low, int high) {
        int last = high - 1;
        swap(ids, weights, median(ids, weights, low, (low + high) >>> 1, last), last);
        int boundary = low;
        for (int i = low; i < last; i++) {
            if (ranksBefore(ids, weights, i, last)) {
                swap(ids, weights, i, boundary++);
            }
        }
        swap(ids, weights, boundary, last);
        return boundary;
    }

    private static int median(int[] ids, double[] weights, int a, int b, int c) {
        boolean ab = ranksBefore(ids, weights, a, b);
        boolean bc = ranksBefore(ids, weights, b, c);
        if (ab == bc) {
            return b;
        }
        return ab == ranksBefore(ids, weights, a, c) ? c : a;
    }

    private static boolean ranksBefore(int[] ids, double[] weights, int i, int j) {
        return weights[i] > weights[j] || (weights[i] == weights[j] && ids[i] < ids[j]);
    }

    private static void swap(int[] ids, double[] weights, int i, int j) {
        int id = ids[i];
        ids[i] = ids[j];
        ids[j] = id;
        double weight = weights[i];
        weights[i] = weights[j];
        weights[j] = weight;
    }

    private static double sum(double[] weights, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) {
            sum += weights[i];
        }
        return sum;
    }
}
