package io.augserve.schedule;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Waiting requests with their values, in flat arrays: a plan computes all values in one pass over doubles and keeps the best few, so that
 * a queue of 100,000 costs no allocation and no walk over objects.
 */
final class WaitingRanks {
    private static final int FIRST_CAPACITY = 64;

    private final Map<Long, Integer> places = new HashMap<>();
    private final BestFew few = new BestFew();
    private RequestView[] requests = new RequestView[FIRST_CAPACITY];
    private long[] ids = new long[FIRST_CAPACITY];
    private double[] levels = new double[FIRST_CAPACITY];
    private double[] rates = new double[FIRST_CAPACITY];
    private int size;

    /** The request must not be here. */
    void add(RequestView request, double level, double rate) {
        if (size == requests.length) {
            requests = Arrays.copyOf(requests, 2 * size);
            ids = Arrays.copyOf(ids, 2 * size);
            levels = Arrays.copyOf(levels, 2 * size);
            rates = Arrays.copyOf(rates, 2 * size);
        }
        places.put(request.id(), size);
        requests[size] = request;
        ids[size] = request.id();
        levels[size] = level;
        rates[size] = rate;
        size++;
    }

    /** Does nothing if the request is not here. */
    void remove(RequestView request) {
        Integer found = places.remove(request.id());
        if (found == null) {
            return;
        }
        int place = found;
        size--;
        if (place != size) {
            requests[place] = requests[size];
            ids[place] = ids[size];
            levels[place] = levels[size];
            rates[place] = rates[size];
            places.put(ids[place], place);
        }
        requests[size] = null;
    }

    boolean contains(RequestView request) {
        return places.containsKey(request.id());
    }

    int size() {
        return size;
    }

    /** The most valuable requests at a time, best first, at most so many; among equals, the one that came first. */
    Ranked[] best(double seconds, int most) {
        return few(seconds, most, 1);
    }

    /** The least valuable requests at a time, worst first, at most so many; among equals, the one that came last. */
    Ranked[] worst(double seconds, int most) {
        return few(seconds, most, -1);
    }

    private Ranked[] few(double seconds, int most, int sign) {
        few.reset(most);
        double time = sign * seconds;
        for (int i = next(0, sign, time); i < size; i = next(i + 1, sign, time)) {
            few.offer(sign * levels[i] + rates[i] * time, sign * ids[i], i);
        }
        Ranked[] ranked = new Ranked[few.size()];
        for (int i = ranked.length - 1; i >= 0; i--) {
            double value = sign * few.worst();
            ranked[i] = new Ranked(requests[few.takeWorst()], value);
        }
        return ranked;
    }

    /** The next place whose value is not below the bound: nearly all of the time of a plan with a long queue is spent in this loop. */
    private int next(int from, double sign, double time) {
        double bound = few.bound();
        double[] flatLevels = levels;
        double[] flatRates = rates;
        int end = size;
        int i = from;
        while (i < end && sign * flatLevels[i] + flatRates[i] * time < bound) {
            i++;
        }
        return i;
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
