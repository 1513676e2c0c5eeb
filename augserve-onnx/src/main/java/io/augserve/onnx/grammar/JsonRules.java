package io.augserve.onnx.grammar;

import static io.augserve.onnx.grammar.Rule.choice;
import static io.augserve.onnx.grammar.Rule.literal;
import static io.augserve.onnx.grammar.Rule.optional;
import static io.augserve.onnx.grammar.Rule.sequence;

import java.util.List;

/**
 * JSON (RFC 8259) as rules, written as models write it: no space but a single one behind a colon or a comma. Strings are valid UTF-8 with
 * whole escapes; numbers have no more digits than a double or a long can hold.
 */
final class JsonRules {
    private static final Rule.Bytes DIGIT = Rule.Bytes.of("0123456789");
    private static final Rule.Bytes HEX = Rule.Bytes.of("0123456789abcdefABCDEF");
    private static final Rule.Bytes TAIL = Rule.Bytes.range(0x80, 0xbf);

    static final Rule INTEGER = sequence(optional(literal("-")), choice(literal("0"),
            sequence(Rule.Bytes.of("123456789"), new Rule.Repeat(DIGIT, 0, 17))));
    static final Rule NUMBER = sequence(INTEGER, optional(sequence(literal("."), new Rule.Repeat(DIGIT, 1, 17))),
            optional(sequence(Rule.Bytes.of("eE"), optional(Rule.Bytes.of("+-")), new Rule.Repeat(DIGIT, 1, 2))));
    static final Rule BOOLEAN = choice(literal("true"), literal("false"));
    static final Rule NULL = literal("null");
    static final Rule COMMA = sequence(literal(","), optional(literal(" ")));
    static final Rule COLON = sequence(literal(":"), optional(literal(" ")));

    private static final Rule ESCAPE = sequence(literal("\\"), choice(Rule.Bytes.of("\"\\/bfnrt"),
            sequence(literal("u"), choice(
                    sequence(HEX.without("dD"), HEX, HEX, HEX),
                    sequence(Rule.Bytes.of("dD"), Rule.Bytes.of("01234567"), HEX, HEX),
                    sequence(Rule.Bytes.of("dD"), Rule.Bytes.of("89abAB"), HEX, HEX, literal("\\u"),
                            Rule.Bytes.of("dD"), Rule.Bytes.of("cdefCDEF"), HEX, HEX)))));
    private static final Rule CHARACTER = choice(
            Rule.Bytes.range(0x20, 0x7e).without("\"\\"),
            sequence(Rule.Bytes.range(0xc2, 0xdf), TAIL),
            sequence(Rule.Bytes.range(0xe0, 0xe0), Rule.Bytes.range(0xa0, 0xbf), TAIL),
            sequence(choice(Rule.Bytes.range(0xe1, 0xec), Rule.Bytes.range(0xee, 0xef)), TAIL, TAIL),
            sequence(Rule.Bytes.range(0xed, 0xed), Rule.Bytes.range(0x80, 0x9f), TAIL),
            sequence(Rule.Bytes.range(0xf0, 0xf0), Rule.Bytes.range(0x90, 0xbf), TAIL, TAIL),
            sequence(Rule.Bytes.range(0xf1, 0xf3), TAIL, TAIL, TAIL),
            sequence(Rule.Bytes.range(0xf4, 0xf4), Rule.Bytes.range(0x80, 0x8f), TAIL, TAIL),
            ESCAPE);

    static final Rule STRING = string(0, Rule.UNBOUNDED);
    static final Rule ANY = any();

    private JsonRules() {}

    /** A string of so many characters. */
    static Rule string(int least, int most) {
        return sequence(literal("\""), new Rule.Repeat(CHARACTER, least, most), literal("\""));
    }

    /** An array of so many items. */
    static Rule array(Rule item, int least, int most) {
        if (most == 0) {
            return literal("[]");
        }
        int more = most == Rule.UNBOUNDED ? most : most - 1;
        Rule items = sequence(item, new Rule.Repeat(sequence(COMMA, item), Math.max(0, least - 1), more));
        return sequence(literal("["), least == 0 ? optional(items) : items, literal("]"));
    }

    /** An object of any members whose values follow a rule. */
    static Rule map(Rule value) {
        Rule member = sequence(STRING, COLON, value);
        Rule members = sequence(member, new Rule.Repeat(sequence(COMMA, member), 0, Rule.UNBOUNDED));
        return sequence(literal("{"), optional(members), literal("}"));
    }

    private static Rule any() {
        Rule.Reference value = new Rule.Reference();
        value.resolve(new Rule.Choice(List.of(STRING, NUMBER, BOOLEAN, NULL, array(value, 0, Rule.UNBOUNDED),
                map(value))));
        return value;
    }
}
