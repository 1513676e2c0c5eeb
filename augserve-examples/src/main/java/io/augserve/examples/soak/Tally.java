package io.augserve.examples.soak;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What happened, by name, and what should not have. Thread-safe. */
final class Tally {
    private static final int MOST_VIOLATIONS = 20;

    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
    private final Collection<String> violations = new ConcurrentLinkedQueue<>();
    private final AtomicInteger violationCount = new AtomicInteger();

    void add(String what, long count) {
        counts.computeIfAbsent(what, name -> new LongAdder()).add(count);
    }

    void count(String what) {
        add(what, 1);
    }

    long of(String what) {
        LongAdder count = counts.get(what);
        return count == null ? 0 : count.sum();
    }

    /** A promise that was not kept; the first ones are kept in full. */
    void violation(String what) {
        if (violationCount.incrementAndGet() <= MOST_VIOLATIONS) {
            violations.add(what);
        }
    }

    int violationCount() {
        return violationCount.get();
    }

    Collection<String> violations() {
        return violations;
    }

    /** All counts by name. */
    Map<String, Long> counts() {
        Map<String, Long> all = new TreeMap<>();
        counts.forEach((what, count) -> all.put(what, count.sum()));
        return all;
    }
}
