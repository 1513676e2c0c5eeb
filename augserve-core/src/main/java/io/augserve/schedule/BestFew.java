package io.augserve.schedule;

/**
 * The best few of many numbered values, met one after the other: a binary heap in flat arrays with the worst on top, so that a value that
 * is not among them costs one comparison. Among equals, the smaller id is better.
 */
final class BestFew {
    private double[] values = {};
    private long[] ids = {};
    private int[] places = {};
    private int most;
    private int size;

    /**
     * Starts over.
     *
     * @param newMost how many to keep; at least 1
     */
    void reset(int newMost) {
        if (values.length < newMost) {
            values = new double[newMost];
            ids = new long[newMost];
            places = new int[newMost];
        }
        most = newMost;
        size = 0;
    }

    /** The value below which {@link #offer} does nothing. */
    double bound() {
        return size < most ? Double.NEGATIVE_INFINITY : values[0];
    }

    /**
     * @param place handed back by {@link #takeWorst}
     */
    void offer(double value, long id, int place) {
        if (size < most) {
            rise(size++, value, id, place);
        } else if (isWorse(values[0], ids[0], value, id)) {
            sink(value, id, place);
        }
    }

    int size() {
        return size;
    }

    /** The value that {@link #takeWorst} would take. */
    double worst() {
        return values[0];
    }

    /** Removes the worst and returns its place; there must be one. */
    int takeWorst() {
        int place = places[0];
        size--;
        if (size > 0) {
            sink(values[size], ids[size], places[size]);
        }
        return place;
    }

    private static boolean isWorse(double value, long id, double other, long otherId) {
        return value < other || (value == other && id > otherId);
    }

    private void rise(int from, double value, long id, int place) {
        int at = from;
        while (at > 0) {
            int parent = (at - 1) / 2;
            if (!isWorse(value, id, values[parent], ids[parent])) {
                break;
            }
            move(parent, at);
            at = parent;
        }
        put(at, value, id, place);
    }

    /** Puts an entry onto the top, where the worst was, and restores the order. */
    private void sink(double value, long id, int place) {
        int at = 0;
        while (2 * at + 1 < size) {
            int child = 2 * at + 1;
            if (child + 1 < size && isWorse(values[child + 1], ids[child + 1], values[child], ids[child])) {
                child++;
            }
            if (!isWorse(values[child], ids[child], value, id)) {
                break;
            }
            move(child, at);
            at = child;
        }
        put(at, value, id, place);
    }

    private void move(int from, int to) {
        put(to, values[from], ids[from], places[from]);
    }

    private void put(int at, double value, long id, int place) {
        values[at] = value;
        ids[at] = id;
        places[at] = place;
    }
}
