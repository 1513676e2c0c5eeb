package io.augserve.jmh;

import java.util.AbstractList;
import java.util.RandomAccess;

/**
 * Requests in order, as a list that schedulers read. Adds at both ends; removes from anywhere by a binary search for the request's place
 * and one move of memory, so that a queue of 100,000 costs the benchmark little.
 */
final class SteadyQueue extends AbstractList<SteadyRequest> implements RandomAccess {
    private SteadyRequest[] items = new SteadyRequest[1_024];
    private int start = items.length / 2;
    private int end = start;
    private long head;
    private long tail;

    @Override
    public boolean add(SteadyRequest request) {
        makeRoom();
        request.place = tail++;
        items[end++] = request;
        modCount++;
        return true;
    }

    @Override
    public void addFirst(SteadyRequest request) {
        makeRoom();
        request.place = --head;
        items[--start] = request;
        modCount++;
    }

    /** The request must be here. */
    void take(SteadyRequest request) {
        int low = start;
        int high = end - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (items[middle].place < request.place) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if (low >= end || items[low] != request) {
            throw new IllegalStateException("request " + request.id() + " is not in this queue");
        }
        if (low - start < end - low) {
            System.arraycopy(items, start, items, start + 1, low - start);
            start++;
        } else {
            System.arraycopy(items, low + 1, items, low, end - low - 1);
            end--;
        }
        modCount++;
    }

    /** Room at both ends; what is there moves to the middle. */
    private void makeRoom() {
        if (start > 0 && end < items.length) {
            return;
        }
        int size = size();
        SteadyRequest[] more = new SteadyRequest[Math.max(1_024, 3 * size)];
        int first = (more.length - size) / 2;
        System.arraycopy(items, start, more, first, size);
        items = more;
        start = first;
        end = first + size;
    }

    @Override
    public SteadyRequest get(int index) {
        return items[start + index];
    }

    @Override
    public int size() {
        return end - start;
    }
}
