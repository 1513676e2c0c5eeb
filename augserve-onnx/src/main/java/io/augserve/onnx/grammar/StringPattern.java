package io.augserve.onnx.grammar;

import static io.augserve.onnx.grammar.Rule.UNBOUNDED;
import static io.augserve.onnx.grammar.Rule.choice;
import static io.augserve.onnx.grammar.Rule.repeat;
import static io.augserve.onnx.grammar.Rule.sequence;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * A regular expression as the rule of a JSON string, from quote to quote. Understood is what is the same in all dialects: an expression
 * from {@code ^} to {@code $} of characters, {@code .}, {@code \d}, {@code \w}, sets such as {@code [a-z_]} and {@code [^,]}, groups,
 * {@code |} in groups, and the repetitions {@code ?}, {@code *}, {@code +} and {@code {2,3}}. Strings are written in printable ASCII
 * without quote and backslash, of which nothing has to be escaped.
 */
final class StringPattern {
    private static final int MOST_REPEATED = 1_000;
    /** Places that a reader can be at: characters and sets, those in counted repetitions as often as they are counted. */
    private static final int MOST_PLACES = 2_000;
    private static final int MOST_PARTS = 250;
    private static final int MOST_NESTED = 50;
    private static final Rule.Bytes PLAIN = Rule.Bytes.range(0x20, 0x7e).without("\"\\");
    private static final Rule.Bytes DIGITS = Rule.Bytes.of("0123456789");
    private static final Rule.Bytes WORD = Rule.Bytes
            .of("0123456789_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    private final String pattern;
    private final String path;
    private final Rule.Bytes allowed;
    private int at = 1;
    private int nested;
    private int parts;

    /**
     * A part of the expression.
     *
     * @param mayBeEmpty whether it lets the empty text through
     * @param places as in {@link #MOST_PLACES}
     */
    private record Part(Rule rule, boolean mayBeEmpty, long places) {
        static Part character(Rule rule) {
            return new Part(rule, false, 1);
        }
    }

    private StringPattern(String pattern, String path, Optional<Marker> forbidden) {
        this.pattern = pattern;
        this.path = path;
        // Without its first character the forbidden text can not be written.
        this.allowed = forbidden.map(marker -> PLAIN.without(marker.text().substring(0, 1))).orElse(PLAIN);
    }

    /**
     * The rule of a pattern.
     *
     * @throws IllegalArgumentException if it is not understood
     */
    static Rule compile(String pattern, String path, Optional<Marker> forbidden) {
        StringPattern parser = new StringPattern(pattern, path, forbidden);
        if (!pattern.startsWith("^") || !pattern.endsWith("$") || pattern.length() < 2) {
            throw parser.refused("expected ^ at its beginning and $ at its end");
        }
        Rule inside = parser.row().rule();
        if (parser.at != pattern.length() - 1) {
            throw parser.refused(
                    "not understood at position " + parser.at + ": expected characters, sets, groups and repetitions, "
                            + "and alternatives in groups");
        }
        return sequence(Rule.literal("\""), inside, Rule.literal("\""));
    }

    private Part row() {
        List<Rule> rules = new ArrayList<>();
        boolean mayBeEmpty = true;
        long places = 0;
        while (!at("|") && !at(")") && at < pattern.length() - 1) {
            if (++parts > MOST_PARTS) {
                throw refused("expected at most " + MOST_PARTS + " characters, sets and groups");
            }
            Part next = repeated(one());
            rules.add(next.rule());
            mayBeEmpty &= next.mayBeEmpty();
            places += next.places();
        }
        return new Part(sequence(rules.toArray(Rule[]::new)), mayBeEmpty, places);
    }

    private Part one() {
        char c = pattern.charAt(at);
        return switch (c) {
            case '(' -> group();
            case '[' -> Part.character(only(set()));
            case '.' -> {
                at++;
                yield Part.character(allowed);
            }
            case '\\' -> Part.character(only(escape()));
            case '^', '$', '*', '+', '?', '{', '}', ']' -> throw refused("not understood at position " + at);
            default -> {
                at++;
                yield Part.character(only(single(c)));
            }
        };
    }

    private Part group() {
        if (++nested > MOST_NESTED) {
            throw refused("expected groups at most " + MOST_NESTED + " deep");
        }
        at += pattern.startsWith("(?:", at) ? 3 : 1;
        List<Rule> options = new ArrayList<>();
        boolean mayBeEmpty = false;
        long places = 0;
        do {
            at += at("|") ? 1 : 0;
            Part option = row();
            options.add(option.rule());
            mayBeEmpty |= option.mayBeEmpty();
            places += option.places();
        } while (at("|"));
        if (!at(")")) {
            throw refused("a group is not closed");
        }
        at++;
        nested--;
        return new Part(choice(options), mayBeEmpty, places);
    }

    private Part repeated(Part part) {
        int begin = at;
        int least;
        int most;
        switch (pattern.charAt(at)) {
            case '?' -> {
                least = 0;
                most = 1;
                at++;
            }
            case '*', '+' -> {
                least = pattern.charAt(at) == '*' ? 0 : 1;
                most = UNBOUNDED;
                at++;
            }
            case '{' -> {
                int end = pattern.indexOf('}', at);
                String[] counts = end < 0 ? new String[0] : pattern.substring(at + 1, end).split(",", -1);
                if (counts.length < 1 || counts.length > 2) {
                    throw refused("expected {n}, {n,} or {n,m} at position " + begin);
                }
                least = count(counts[0]);
                most = counts.length == 1 ? least : counts[1].isEmpty() ? UNBOUNDED : count(counts[1]);
                at = end + 1;
            }
            default -> {
                return part;
            }
        }
        if (part.mayBeEmpty() || least > most || at(")?") || at("?") || at("*") || at("+") || at("{")) {
            throw refused("not understood at position " + begin
                    + ": expected one repetition of something that is not empty");
        }
        long places = part.places() * Math.max(1, most == UNBOUNDED ? least : most);
        if (places > MOST_PLACES) {
            throw refused(
                    "counted repetitions make it too large: expected at most " + MOST_PLACES + " characters in all");
        }
        return new Part(repeat(part.rule(), least, most), least == 0, places);
    }

    private int count(String text) {
        if (text.matches("[0-9]{1,4}") && Integer.parseInt(text) <= MOST_REPEATED) {
            return Integer.parseInt(text);
        }
        throw refused("expected 0 to " + MOST_REPEATED + " repetitions, got '" + text + "'");
    }

    private Rule.Bytes set() {
        at++;
        boolean negated = at("^");
        at += negated ? 1 : 0;
        boolean[] members = new boolean[256];
        int begin = at;
        while (!at("]")) {
            if (at >= pattern.length() - 1 || at("[") || at("&&")) {
                throw refused("a set is not understood at position " + begin);
            }
            boolean escaped = at("\\");
            Rule.Bytes member = escaped ? escape() : single(pattern.charAt(at++));
            if (!at("-") || pattern.startsWith("-]", at)) {
                add(members, member);
            } else {
                int from = member.only();
                at++;
                int to = (at("\\") ? escape() : single(pattern.charAt(at++))).only();
                if (from < 0 || to < from) {
                    throw refused("a set is not understood at position " + begin);
                }
                add(members, Rule.Bytes.range(from, to));
            }
        }
        at++;
        return without(value -> members[value] == negated);
    }

    private static void add(boolean[] members, Rule.Bytes more) {
        for (int value = 0; value < 256; value++) {
            members[value] |= more.allows(value);
        }
    }

    /** What a backslash and the next character stand for. */
    private Rule.Bytes escape() {
        at += 2;
        if (at > pattern.length() - 1) {
            throw refused("it ends with a backslash");
        }
        char c = pattern.charAt(at - 1);
        return switch (c) {
            case 'd' -> DIGITS;
            case 'w' -> WORD;
            default -> {
                if (Character.isLetterOrDigit(c)) {
                    throw refused("\\" + c + " is not understood: expected \\d, \\w or an escaped mark");
                }
                yield single(c);
            }
        };
    }

    private Rule.Bytes single(char c) {
        if (c < 0x20 || c > 0x7e) {
            throw refused("expected printable ASCII, got U+" + String.format("%04X", (int) c));
        }
        return Rule.Bytes.single(c);
    }

    /** What of it may be written; nothing if that is none. */
    private Rule only(Rule.Bytes bytes) {
        Rule.Bytes left = without(value -> !bytes.allows(value));
        return IntStream.range(0, 256).anyMatch(left::allows) ? left : Rule.NOTHING;
    }

    /** What may be written, but for these bytes. */
    private Rule.Bytes without(IntPredicate bytes) {
        StringBuilder out = new StringBuilder();
        IntStream.range(0, 256).filter(bytes).forEach(value -> out.append((char) value));
        return allowed.without(out.toString());
    }

    private boolean at(String text) {
        return at < pattern.length() - 1 && pattern.startsWith(text, at);
    }

    private IllegalArgumentException refused(String why) {
        return SchemaText.refused(path, "the pattern '" + SchemaText.excerpt(pattern) + "': " + why);
    }
}
