package io.augserve.schedule;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * The waiting requests with their values, in flat arrays: a plan computes all values in one pass over doubles and keeps the best few,
 * so that a queue of 100,000 costs no allocation and no walk over objects.
 */
final class WaitingRanks {
    private static final int FIRST_CAPACITY = 64;

    private final Map<Long, Integer> places = new HashMap<>();
    private RequestView[] requests = new RequestView[FIRST_CAPACITY];
    private double[] levels = new double[FIRST_CAPACITY];
    private double[] rates = new double[FIRST_CAPACITY];
    private int size;

    void add(RequestView request, double level, double rate) {
        if (size == requests.length) {
            requests = Arrays.copyOf(requests, 2 * size);
            levels = Arrays.copyOf(levels, 2 * size);
            rates = Arrays.copyOf(rates, 2 * size);
        }
        places.put(request.id(), size);
        requests[size] = request;
        levels[size] = level;
        rates[size] = rate;
        size++;
    }

    /** Does nothing if the request is not here. */
    void remove(RequestView request) {
        Integer place = places.remove(request.id());
        if (place == null) {
            return;
        }
        size--;
        if (place != size) {
            requests[place] = requests[size];
            levels[place] = levels[size];
            rates[place] = rates[size];
            places.put(requests[place].id(), place);
        }
        requests[size] = null;
    }

    int size() {
        return size;
    }

    /** The most valuable requests at a time, best first, at most so many; among equals, the one that came first. */
    Ranked[] best(double seconds, int most) {
        Ranked[] heap = new Ranked[Math.min(most, size)];
        int filled = 0;
        double worst = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < size; i++) {
            double value = levels[i] + rates[i] * seconds;
            if (filled == heap.length && value < worst) {
                continue;
            }
            Ranked candidate = new Ranked(requests[i], value);
            if (filled < heap.length) {
                heap[filled++] = candidate;
                if (filled == heap.length) {
                    Arrays.sort(heap);
                    worst = heap[filled - 1].value();
                }
            } else if (candidate.compareTo(heap[filled - 1]) < 0) {
                insert(heap, candidate);
                worst = heap[filled - 1].value();
            }
        }
        if (filled < heap.length) {
            heap = Arrays.copyOf(heap, filled);
        }
        Arrays.sort(heap);
        return heap;
    }

    /** Puts a candidate into its place in a full sorted array, over the last one. */
    private static void insert(Ranked[] sorted, Ranked candidate) {
        int at = Arrays.binarySearch(sorted, candidate);
        int place = at < 0 ? -at - 1 : at;
        System.arraycopy(sorted, place, sorted, place + 1, sorted.length - 1 - place);
        sorted[place] = candidate;
    }

    /** A request and its value; the better one compares less. */
    record Ranked(RequestView request, double value) implements Comparable<Ranked> {
        @Override
        public int compareTo(Ranked other) {
            int byValue = Double.compare(other.value, value);
            return byValue != 0 ? byValue : Long.compare(request.id(), other.request.id());
        }
    }
}
