package io.augserve.onnx.grammar;

import static io.augserve.onnx.grammar.Rule.UNBOUNDED;
import static io.augserve.onnx.grammar.Rule.choice;
import static io.augserve.onnx.grammar.Rule.literal;
import static io.augserve.onnx.grammar.Rule.optional;
import static io.augserve.onnx.grammar.Rule.repeat;
import static io.augserve.onnx.grammar.Rule.sequence;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * JSON (RFC 8259) as rules, written as models write it: no space but a single one behind a colon or a comma. Strings are valid UTF-8 with
 * whole escapes; numbers have no more digits than a double or a long can hold; arrays and objects nest {@value #MOST_NESTED} deep at most,
 * which leaves room for a call around them in parsers that bound the depth.
 */
final class JsonRules {
    /** Arrays and objects within each other. */
    static final int MOST_NESTED = 32;

    static final Rule.Bytes DIGIT = Rule.Bytes.of("0123456789");
    static final Rule INTEGER = sequence(optional(literal("-")), choice(literal("0"),
            sequence(Rule.Bytes.of("123456789"), repeat(DIGIT, 0, 17))));
    static final Rule NUMBER = sequence(INTEGER, optional(sequence(literal("."), repeat(DIGIT, 1, 17))),
            optional(sequence(Rule.Bytes.of("eE"), optional(Rule.Bytes.of("+-")), repeat(DIGIT, 1, 2))));
    static final Rule BOOLEAN = choice(literal("true"), literal("false"));
    static final Rule NULL = literal("null");
    static final Rule COMMA = sequence(literal(","), optional(literal(" ")));
    static final Rule COLON = sequence(literal(":"), optional(literal(" ")));

    private static final Gson JSON = new GsonBuilder().disableHtmlEscaping().create();

    private final Optional<Marker> forbidden;
    private final Rule string;
    /** Any value, by how many arrays and objects may nest in it. */
    private final List<Rule> any = new ArrayList<>();

    /** @param forbidden text that no string may show as it is; it holds no quote and no backslash */
    JsonRules(Optional<Marker> forbidden) {
        this.forbidden = forbidden;
        string = string(0, UNBOUNDED);
        any.add(choice(string, NUMBER, BOOLEAN, NULL));
        for (int nested = 1; nested <= MOST_NESTED; nested++) {
            any.add(choice(any.getFirst(), array(any.getLast(), 0, UNBOUNDED), map(any.getLast())));
        }
    }

    /**
     * Any value.
     *
     * @param depth arrays and objects around it, up to {@link #MOST_NESTED}
     */
    Rule any(int depth) {
        return any.get(MOST_NESTED - depth);
    }

    /** A string of so many characters. */
    Rule string(int least, int most) {
        return sequence(literal("\""), new JsonString(least, most, forbidden));
    }

    /** A string that a regular expression matches ({@link StringPattern}). */
    Rule matching(String pattern, String path) {
        return StringPattern.compile(pattern, path, forbidden);
    }

    /** An array of so many items. */
    static Rule array(Rule item, int least, int most) {
        int more = most == UNBOUNDED ? most : Math.max(0, most - 1);
        Rule items = most == 0
                ? Rule.NOTHING
                : sequence(item, repeat(sequence(COMMA, item), Math.max(0, least - 1), more));
        Rule inside = least == 0 ? optional(items) : items;
        return sequence(literal("["), inside, literal("]"));
    }

    /** An object of any members whose values follow a rule. */
    Rule map(Rule value) {
        Rule member = sequence(string, COLON, value);
        Rule members = sequence(member, repeat(sequence(COMMA, member), 0, UNBOUNDED));
        return sequence(literal("{"), optional(members), literal("}"));
    }

    /** Exactly this value. */
    Rule exactly(JsonElement value) {
        String text = JSON.toJson(value);
        if (forbidden.isPresent()) {
            String marker = forbidden.get().text();
            // Spelled with an escape, for a marker begins outside of ASCII letters and stands in a string if anywhere.
            text = text.replace(marker, String.format("\\u%04x", (int) marker.charAt(0)) + marker.substring(1));
        }
        return literal(text);
    }

    /** A member's name and colon. */
    Rule name(String name) {
        return sequence(exactly(new JsonPrimitive(name)), COLON);
    }
}
