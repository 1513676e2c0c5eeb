package io.augserve.engine;

import java.util.ArrayList;
import java.util.List;

/**
 * The order in which free contents of a KV cache are overwritten, for caches to build upon.
 *
 * <p>What is used next in the farthest future goes first: Belady's MIN (A study of replacement algorithms for a virtual-storage computer, IBM
 * Systems Journal 5(2), 1966), which loses least of all orders, with {@linkplain KvCache#expect expectations} in place of knowledge. What
 * nobody is expected for goes before all that somebody is; of equals, what was given up longest ago goes first. So an order that nobody
 * expects anything of is that of least recent use, and it is total in any case: the same deeds lose the same contents.
 *
 * <p>Time does not pass here. Whoever said an instant that has gone by says another one, or the contents stay among the last to go.
 *
 * <p>A binary heap that keeps its places in the entries: every operation takes logarithmic time at most, and nothing is allocated per entry.
 * Not thread-safe.
 *
 * @param <E> what is overwritten as one: a cache's own notion of contents
 */
public final class EvictionOrder<E extends EvictionOrder.Entry> {
    private static final int NOWHERE = -1;

    private final List<E> heap = new ArrayList<>();
    private long deeds;

    /** Contents, in an order of this kind or not. Belongs to one order. */
    public abstract static class Entry {
        long nextUse = KvCache.BY_CHANCE;
        long givenUp;
        int place = NOWHERE;

        /** Contents that nobody is expected for. */
        protected Entry() {}

        /** When somebody is expected to use it again; {@link KvCache#BY_CHANCE} if nobody is. */
        public final long nextUse() {
            return nextUse;
        }
    }

    /** An order of nothing. */
    public EvictionOrder() {}

    /** Whether nothing can be overwritten. */
    public boolean isEmpty() {
        return heap.isEmpty();
    }

    /** Whether an entry can be overwritten. */
    public boolean contains(E entry) {
        return entry.place != NOWHERE;
    }

    /** Somebody gives an entry up now, after all that were given up before. It must not be in the order. */
    public void giveUp(E entry) {
        entry.givenUp = ++deeds;
    }

    /** From now on an entry can be overwritten, in its turn. It must not be in the order. */
    public void add(E entry) {
        heap.add(entry);
        rise(entry, heap.size() - 1);
    }

    /** An entry of the order is not to be overwritten any more. */
    public void remove(E entry) {
        int place = entry.place;
        E last = heap.removeLast();
        entry.place = NOWHERE;
        if (place < heap.size()) {
            settle(last, place);
        }
    }

    /** Says when somebody is expected to use an entry again, in the order or not. */
    public void expect(E entry, long nextUse) {
        entry.nextUse = nextUse;
        if (contains(entry)) {
            settle(entry, entry.place);
        }
    }

    /** What is overwritten first; the order must not be empty. */
    public E first() {
        return heap.getFirst();
    }

    private void settle(E entry, int place) {
        rise(entry, place);
        sink(entry, entry.place);
    }

    private void rise(E entry, int from) {
        int place = from;
        while (place > 0 && isBefore(entry, heap.get((place - 1) / 2))) {
            put(heap.get((place - 1) / 2), place);
            place = (place - 1) / 2;
        }
        put(entry, place);
    }

    private void sink(E entry, int from) {
        int place = from;
        while (2 * place + 1 < heap.size()) {
            int child = 2 * place + 1;
            if (child + 1 < heap.size() && isBefore(heap.get(child + 1), heap.get(child))) {
                child++;
            }
            if (!isBefore(heap.get(child), entry)) {
                break;
            }
            put(heap.get(child), place);
            place = child;
        }
        put(entry, place);
    }

    private void put(E entry, int place) {
        heap.set(place, entry);
        entry.place = place;
    }

    private boolean isBefore(Entry one, Entry other) {
        return one.nextUse != other.nextUse ? one.nextUse > other.nextUse : one.givenUp < other.givenUp;
    }
}
