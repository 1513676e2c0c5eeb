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
    /** Rules that open before a byte is read; more of them means that a rule repeats the empty text. */
    private static final int MOST_OPEN = 1_000;
    /** Alternatives whose beginnings are alike multiply where they nest. */
    private static final int MOST_WAYS = 5_000;

    private final Rest start;
    private final Map<Key, State> states = new HashMap<>();

    private record Key(Set<Rest> ways, boolean mayEnd) {}

    Automaton(Rule rule) {
        start = new Rest(rule, 0, Optional.empty());
    }

    /** All ways to go on from somewhere. Compared by identity. */
    final class State {
        private final Set<Rest> ways;
        private final boolean mayEnd;
        private @Nullable State @Nullable [] next;
        private Optional<TokenMask> mask = Optional.empty();

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
            if (next == null) {
                next = new State[256];
            }
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
                    case Rule.Stretch stretch -> {
                        int at = stretch.after(way.done, value);
                        if (at == Rule.Stretch.ENDED) {
                            opened.open(way.next);
                        } else if (at != Rule.Stretch.DEAD) {
                            opened.open(Optional.of(new Rest(stretch, at, way.next)));
                        }
                    }
                    default -> throw new IllegalStateException("not a rule that reads: " + way.rule);
                }
            }
            return state(opened);
        }

        /** The stretch that is all there is to read here, and where it stands in it. */
        Optional<Rest> onlyStretch() {
            return ways.size() == 1
                    ? ways.stream().filter(way -> way.rule instanceof Rule.Stretch).findFirst()
                    : Optional.empty();
        }

        /** What is remembered for this state. */
        Optional<TokenMask> mask() {
            return mask;
        }

        void remember(TokenMask value) {
            mask = Optional.of(value);
        }
    }

    /** Where reading begins. */
    State start() {
        Opened opened = new Opened();
        opened.open(Optional.of(start));
        return state(opened);
    }

    /** Forgets what has been found; states that are held elsewhere go on. */
    void forget() {
        states.clear();
    }

    private State state(Opened opened) {
        Key key = new Key(opened.ways, opened.mayEnd);
        State known = states.get(key);
        if (known != null) {
            return known;
        }
        if (states.size() >= MOST_STATES) {
            forget();
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
                throw new IllegalArgumentException("a rule repeats the empty text");
            }
            if (ways.size() > MOST_WAYS) {
                throw new IllegalArgumentException("the constraint leaves more than " + MOST_WAYS
                        + " ways to go on at once: expected alternatives that begin differently");
            }
            open(rest.get());
            open--;
        }

        private void open(Rest rest) {
            switch (rest.rule) {
                case Rule.Bytes _ -> ways.add(rest);
                case Rule.Stretch stretch -> {
                    ways.add(rest);
                    mayEnd |= stretch.mayEnd(rest.done);
                }
                case Rule.Choice choice -> choice.options.forEach(option -> push(option, rest.next));
                case Rule.Sequence sequence -> {
                    if (rest.done == sequence.parts.size()) {
                        open(rest.next);
                    } else if (rest.done == sequence.parts.size() - 1) {
                        // Nothing of it is left behind its last part.
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
