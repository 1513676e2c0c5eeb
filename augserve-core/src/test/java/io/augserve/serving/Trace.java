package io.augserve.serving;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a simulated world did: a digest of everything observable, in order, faults by kind, and promises that were broken. */
final class Trace {
    private static final int MOST_VIOLATIONS = 20;

    private final Map<String, Long> faults = new TreeMap<>();
    private final List<String> violations = new ArrayList<>();
    private long digest = 1;

    /** Something happened. */
    void add(long what) {
        digest = (digest ^ what) * 0x9E3779B97F4A7C15L;
        digest ^= digest >>> 31;
    }

    /** Something happened. */
    void add(String what) {
        add(what.hashCode());
    }

    /** A fault struck. */
    void fault(Enum<?> kind) {
        fault(kind.getDeclaringClass().getSimpleName() + "." + kind);
    }

    /** A fault struck. */
    void fault(String name) {
        faults.merge(name, 1L, Long::sum);
        add(name);
    }

    /** A promise was broken. */
    void violation(String what) {
        if (violations.size() < MOST_VIOLATIONS) {
            violations.add(what);
        }
    }

    long digest() {
        return digest;
    }

    Map<String, Long> faults() {
        return faults;
    }

    List<String> violations() {
        return violations;
    }
}
