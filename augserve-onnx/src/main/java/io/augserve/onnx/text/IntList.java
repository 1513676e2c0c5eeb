package io.augserve.onnx.text;

import java.util.Arrays;

/** A growing list of token ids. */
final class IntList {
    private int[] values;
    private int size;

    IntList(int capacity) {
        values = new int[Math.max(capacity, 8)];
    }

    /** Appends ids that fit into an int. */
    void addAll(long[] ids) {
        if (size + ids.length > values.length) {
            values = Arrays.copyOf(values, Math.max(size + ids.length, values.length * 2));
        }
        for (long id : ids) {
            values[size++] = Math.toIntExact(id);
        }
    }

    int[] toArray() {
        return Arrays.copyOf(values, size);
    }
}
