package io.augserve.onnx.grammar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A piece of a grammar over bytes. Rules are immutable, compared by identity, and may be shared. */
sealed interface Rule {
    /** As often as one likes. */
    int UNBOUNDED = Integer.MAX_VALUE;

    /** The empty text. */
    Rule EMPTY = new Sequence(List.of());

    /** No text at all, not even the empty one. */
    Rule NOTHING = new Choice(List.of());

    /** One byte out of a set. */
    final class Bytes implements Rule {
        private static final Bytes[] SINGLE = new Bytes[256];

        static {
            Arrays.setAll(SINGLE, value -> range(value, value));
        }

        private final boolean[] allowed = new boolean[256];

        /** This byte alone. */
        static Bytes single(int value) {
            return SINGLE[value];
        }

        /** All bytes from one to another, both included. */
        static Bytes range(int first, int last) {
            Bytes rule = new Bytes();
            Arrays.fill(rule.allowed, first, last + 1, true);
            return rule;
        }

        /** One of these ASCII characters. */
        static Bytes of(String characters) {
            Bytes rule = new Bytes();
            characters.chars().forEach(c -> rule.allowed[c] = true);
            return rule;
        }

        /** All of these but the characters of a string. */
        Bytes without(String characters) {
            Bytes rule = new Bytes();
            System.arraycopy(allowed, 0, rule.allowed, 0, allowed.length);
            characters.chars().forEach(c -> rule.allowed[c] = false);
            return rule;
        }

        boolean allows(int value) {
            return allowed[value];
        }

        /** The only byte that it allows; -1 if it allows none or several. */
        int only() {
            int only = -1;
            for (int value = 0; value < allowed.length; value++) {
                if (allowed[value]) {
                    if (only >= 0) {
                        return -1;
                    }
                    only = value;
                }
            }
            return only;
        }
    }

    /** One rule after the other. */
    final class Sequence implements Rule {
        final List<Rule> parts;

        private Sequence(List<Rule> parts) {
            this.parts = List.copyOf(parts);
        }
    }

    /** Any one of several rules. */
    final class Choice implements Rule {
        final List<Rule> options;

        private Choice(List<Rule> options) {
            this.options = List.copyOf(options);
        }
    }

    /** A rule again and again. */
    final class Repeat implements Rule {
        final Rule body;
        final int least;
        final int most;

        private Repeat(Rule body, int least, int most) {
            this.body = body;
            this.least = least;
            this.most = most;
        }
    }

    /**
     * A stretch of text that is read by a small machine of its own: where it stands is a number, and which tokens keep it inside does not
     * depend on what follows it, so that they are found once for all grammars ({@link Vocabulary#inside}).
     */
    sealed interface Stretch extends Rule permits FreeText, JsonString {
        /** The byte was its last. */
        int ENDED = -1;
        /** The byte can not come here. */
        int DEAD = -2;

        /** Where it stands after one more byte, 0 being its beginning; or {@link #ENDED} or {@link #DEAD}. */
        int after(int at, int value);

        /** Whether the whole text may be over here, with nothing of what follows the stretch. */
        boolean mayEnd(int at);

        /**
         * What decides which tokens can be read from here.
         *
         * @param longest bytes of the longest token
         * @return equal for places of any stretches from which all tokens are read alike
         */
        Object alike(int at, int longest);
    }

    /** Exactly these characters. */
    static Rule literal(String text) {
        List<Rule> bytes = new ArrayList<>();
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            bytes.add(Bytes.single(each & 0xff));
        }
        return bytes.size() == 1 ? bytes.getFirst() : new Sequence(bytes);
    }

    static Rule sequence(Rule... parts) {
        List<Rule> list = List.of(parts);
        return list.contains(NOTHING) ? NOTHING : new Sequence(list);
    }

    static Rule choice(Rule... options) {
        return choice(List.of(options));
    }

    static Rule choice(List<Rule> options) {
        List<Rule> possible = options.stream().filter(option -> option != NOTHING).toList();
        return switch (possible.size()) {
            case 0 -> NOTHING;
            case 1 -> possible.getFirst();
            default -> new Choice(possible);
        };
    }

    /**
     * A rule so many times.
     *
     * @param body that must not match the empty text
     */
    static Rule repeat(Rule body, int least, int most) {
        if (body == NOTHING || most == 0) {
            return least == 0 ? EMPTY : NOTHING;
        }
        return new Repeat(body, least, most);
    }

    static Rule optional(Rule rule) {
        return choice(rule, EMPTY);
    }
}
