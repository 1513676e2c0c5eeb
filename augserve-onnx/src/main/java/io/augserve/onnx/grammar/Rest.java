package io.augserve.onnx.grammar;

import java.util.Optional;

/**
 * What is still to come on one of the ways through a grammar: a rule, how far it has got, and what follows it. Equal to another one if
 * exactly the same is to come.
 */
final class Rest {
    final Rule rule;
    /** How many parts, repetitions or bytes of a marker are done. */
    final int done;
    final Optional<Rest> next;
    private final int hash;

    Rest(Rule rule, int done, Optional<Rest> next) {
        this.rule = rule;
        this.done = done;
        this.next = next;
        this.hash = 31 * (31 * System.identityHashCode(rule) + done) + next.hashCode();
    }

    @Override
    public boolean equals(Object other) {
        return this == other || (other instanceof Rest rest && hash == rest.hash && rule == rest.rule
                && done == rest.done && next.equals(rest.next));
    }

    @Override
    public int hashCode() {
        return hash;
    }
}
