package io.augserve.onnx.grammar;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads bytes along a grammar. A state is the set of all ways to go on; where a byte leads is worked out when it is first asked for and
 * kept, so that a grammar that is used for long is a table (the lazy subset construction of regular expression engines, with a stack in
 * place of a node, because JSON nests).
 *
 * <p>Confined to one thread.
 */
final class Automaton {
    /** Beyond it the states are forgotten and found anew: strings of bounded length have one for each length. */
    private static final int MOST_STATES = 4_096;
    /** Rules that open before a byte is read; more of them means that a rule begins with itself. */
    private static final int MOST_OPEN = 1_000;

    private final Rest start;
    private final Map<Key, State> states = new HashMap<>();

    private record Key(Set<Rest> ways, boolean mayEnd) {}

    /**
     * @throws IllegalArgumentException if the rule begins with itself
     */
    Automaton(Rule rule) {
        start = new Rest(rule, 0, Optional.empty());
        // Opens it once, to find what can not be opened.
        State _ = start();
    }

    /** All ways to go on from somewhere. Compared by identity. */
    final class State {
        private final Set<Rest> ways;
        private final boolean mayEnd;
        private final @Nullable State[] next = new State[256];
        private long[] mask = {};

        private State(Set<Rest> ways, boolean mayEnd) {
            this.ways = ways;
            this.mayEnd = mayEnd;
        }

        /** Whether what has been read is complete. */
        boolean mayEnd() {
            return mayEnd;
        }

        /** Whether what has been read can not become anything that the grammar allows. */
        boolean isDead() {
            return ways.isEmpty() && !mayEnd;
        }

        /** After one more byte, 0 to 255. */
        State after(int value) {
            State known = next[value];
            if (known == null) {
                known = find(value);
                next[value] = known;
            }
            return known;
        }

        private State find(int value) {
            Opened opened = new Opened();
            for (Rest way : ways) {
                switch (way.rule) {
                    case Rule.Bytes bytes -> {
                        if (bytes.allows(value)) {
                            opened.open(way.next);
                        }
                    }
                    case Rule.Text text -> {
                        int matched = text.matched(way.done, value);
                        if (matched == text.marker.length) {
                            opened.open(way.next);
                        } else {
                            opened.open(Optional.of(new Rest(text, matched, way.next)));
                        }
                    }
                    default -> throw new IllegalStateException("not a rule that reads: " + way.rule);
                }
            }
            return state(opened);
        }

        /** What is remembered for this state, empty at first. */
        long[] mask() {
            return mask;
        }

        void mask(long[] value) {
            mask = value;
        }
    }

    /** Where reading begins. */
    State start() {
        Opened opened = new Opened();
        opened.open(Optional.of(start));
        return state(opened);
    }

    private State state(Opened opened) {
        Key key = new Key(opened.ways, opened.mayEnd);
        State known = states.get(key);
        if (known != null) {
            return known;
        }
        if (states.size() >= MOST_STATES) {
            states.clear();
        }
        State added = new State(opened.ways, opened.mayEnd);
        states.put(key, added);
        return added;
    }

    /** Follows rules until all of them read a byte. */
    private static final class Opened {
        private final Set<Rest> ways = new LinkedHashSet<>();
        private boolean mayEnd;
        private int open;

        void open(Optional<Rest> rest) {
            if (rest.isEmpty()) {
                mayEnd = true;
                return;
            }
            if (++open > MOST_OPEN) {
                throw new IllegalArgumentException("a rule begins with itself");
            }
            open(rest.get());
            open--;
        }

        private void open(Rest rest) {
            switch (rest.rule) {
                case Rule.Bytes _ -> ways.add(rest);
                case Rule.Text _ -> {
                    ways.add(rest);
                    mayEnd = true;
                }
                case Rule.Reference reference -> push(reference.target(), rest.next);
                case Rule.Choice choice -> choice.options.forEach(option -> push(option, rest.next));
                case Rule.Sequence sequence -> {
                    if (rest.done == sequence.parts.size()) {
                        open(rest.next);
                    } else if (rest.done == sequence.parts.size() - 1) {
                        // Nothing of it is left behind its last part, so that rules that repeat by themselves do not pile up.
                        push(sequence.parts.getLast(), rest.next);
                    } else {
                        push(sequence.parts.get(rest.done), Optional.of(new Rest(sequence, rest.done + 1, rest.next)));
                    }
                }
                case Rule.Repeat repeat -> {
                    if (rest.done >= repeat.least) {
                        open(rest.next);
                    }
                    if (rest.done < repeat.most) {
                        // Without a bound all repetitions beyond the least are alike.
                        int done = repeat.most == Rule.UNBOUNDED
                                ? Math.min(rest.done + 1, repeat.least)
                                : rest.done + 1;
                        push(repeat.body, Optional.of(new Rest(repeat, done, rest.next)));
                    }
                }
            }
        }

        private void push(Rule rule, Optional<Rest> next) {
            open(Optional.of(new Rest(rule, 0, next)));
        }
    }
}
