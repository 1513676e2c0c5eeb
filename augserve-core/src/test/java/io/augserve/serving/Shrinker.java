package io.augserve.serving;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Delta debugging (Zeller and Hildebrandt, "Simplifying and isolating failure-inducing input", 2002) without its tests of subsets: parts of
 * a failing list are left out, first halves, then quarters and so on, as long as the rest still fails.
 */
final class Shrinker {
    private Shrinker() {}

    /**
     * A part of the list that still fails.
     *
     * @param failing a list that fails
     * @param fails whether a list does; the same answer for the same list
     * @param tries most questions asked
     */
    static <T> List<T> shrink(List<T> failing, Predicate<List<T>> fails, int tries) {
        List<T> smallest = failing;
        int left = tries;
        int size = Math.max(1, failing.size() / 2);
        while (left > 0) {
            boolean smaller = false;
            for (int from = 0; from < smallest.size() && left > 0; left--) {
                List<T> rest = new ArrayList<>(smallest.subList(0, from));
                rest.addAll(smallest.subList(Math.min(smallest.size(), from + size), smallest.size()));
                if (fails.test(rest)) {
                    smallest = rest;
                    smaller = true;
                } else {
                    from += size;
                }
            }
            if (size == 1 && !smaller) {
                return smallest;
            }
            size = Math.max(1, size / 2);
        }
        return smallest;
    }
}
