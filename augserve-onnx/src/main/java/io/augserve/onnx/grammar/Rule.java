package io.augserve.onnx.grammar;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A piece of a grammar over bytes. Rules are immutable, compared by identity, and may be shared; a {@link Reference} is how one contains
 * itself.
 */
sealed interface Rule {
    /** As often as one likes. */
    int UNBOUNDED = Integer.MAX_VALUE;

    /** Nothing at all. */
    Rule EMPTY = new Sequence(List.of());

    /** One byte out of a set. */
    final class Bytes implements Rule {
        private final boolean[] allowed = new boolean[256];

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
    }

    /** One rule after the other. */
    final class Sequence implements Rule {
        final List<Rule> parts;

        Sequence(List<Rule> parts) {
            this.parts = List.copyOf(parts);
        }
    }

    /** Any one of several rules. */
    final class Choice implements Rule {
        final List<Rule> options;

        Choice(List<Rule> options) {
            this.options = List.copyOf(options);
        }
    }

    /** A rule again and again. */
    final class Repeat implements Rule {
        final Rule body;
        final int least;
        final int most;

        /**
         * @param body that must not match nothing
         */
        Repeat(Rule body, int least, int most) {
            this.body = body;
            this.least = least;
            this.most = most;
        }
    }

    /** Anything at all up to a marker, the marker included; the end may come without it. */
    final class Text implements Rule {
        final byte[] marker;
        private final int[] fallback;

        Text(String marker) {
            this.marker = marker.getBytes(StandardCharsets.UTF_8);
            this.fallback = fallbacks(this.marker);
        }

        /** Knuth, Morris and Pratt: how much of the marker is matched where so much of it was and the next byte differs. */
        private static int[] fallbacks(byte[] marker) {
            int[] fallback = new int[marker.length];
            int matched = 0;
            for (int i = 1; i < marker.length; i++) {
                while (matched > 0 && marker[i] != marker[matched]) {
                    matched = fallback[matched - 1];
                }
                matched += marker[i] == marker[matched] ? 1 : 0;
                fallback[i] = matched;
            }
            return fallback;
        }

        /** How much of the marker is matched after one more byte. */
        int matched(int before, int value) {
            int matched = before;
            while (matched > 0 && (marker[matched] & 0xff) != value) {
                matched = fallback[matched - 1];
            }
            return (marker[matched] & 0xff) == value ? matched + 1 : matched;
        }
    }

    /** A rule that is known later, so that it can contain itself. */
    final class Reference implements Rule {
        private Rule target = EMPTY;

        void resolve(Rule rule) {
            target = rule;
        }

        Rule target() {
            return target;
        }
    }

    /** Exactly these characters. */
    static Rule literal(String text) {
        List<Rule> bytes = new ArrayList<>();
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            bytes.add(Bytes.range(each & 0xff, each & 0xff));
        }
        return new Sequence(bytes);
    }

    static Rule sequence(Rule... parts) {
        return new Sequence(List.of(parts));
    }

    static Rule choice(Rule... options) {
        return new Choice(List.of(options));
    }

    static Rule optional(Rule rule) {
        return choice(rule, EMPTY);
    }
}
