package io.augserve.onnx.grammar;

import static io.augserve.onnx.grammar.Rule.choice;
import static io.augserve.onnx.grammar.Rule.literal;
import static io.augserve.onnx.grammar.Rule.optional;
import static io.augserve.onnx.grammar.Rule.repeat;
import static io.augserve.onnx.grammar.Rule.sequence;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Whole bounds of numbers, as digits: numbers of one length lie between two others if they do so digit by digit, the first that differs
 * deciding.
 *
 * @param least lowest value
 * @param most highest value
 */
record NumberRange(long least, long most) {
    static final Set<String> KEYWORDS = Set.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum");
    /** As many digits as {@link JsonRules#INTEGER} has. */
    private static final long LARGEST = 999_999_999_999_999_999L;

    /** The bounds of integers, which need not be whole themselves. */
    static NumberRange ofIntegers(JsonObject schema, String path) {
        long least = -LARGEST;
        long most = LARGEST;
        for (String key : KEYWORDS) {
            if (schema.has(key)) {
                BigDecimal bound = bound(schema, key, path);
                BigDecimal up = bound.setScale(0, RoundingMode.CEILING);
                BigDecimal down = bound.setScale(0, RoundingMode.FLOOR);
                switch (key) {
                    case "minimum" -> least = Math.max(least, up.longValue());
                    case "exclusiveMinimum" -> least = Math.max(least, down.longValue() + 1);
                    case "maximum" -> most = Math.min(most, down.longValue());
                    default -> most = Math.min(most, up.longValue() - 1);
                }
            }
        }
        return new NumberRange(least, most);
    }

    /** The bounds of numbers with fractions: those that are whole and included, so that no validator's rounding crosses them. */
    static NumberRange ofNumbers(JsonObject schema, String path) {
        for (String key : KEYWORDS) {
            if (schema.has(key)
                    && (key.startsWith("exclusive") || bound(schema, key, path).stripTrailingZeros().scale() > 0)) {
                throw SchemaText.refused(path + "/" + key,
                        "expected a whole minimum or maximum of numbers, or the type integer, got " + schema.get(key));
            }
        }
        return ofIntegers(schema, path);
    }

    /** A bound, or if it is farther away than any number that is written, one that is just as good. */
    private static BigDecimal bound(JsonObject schema, String key, String path) {
        if (schema.get(key) instanceof JsonPrimitive number && number.isNumber()) {
            double rough = number.getAsDouble();
            return Math.abs(rough) > 2e18 || Math.abs(rough) < 1e-18
                    ? BigDecimal.valueOf(Math.signum(rough)).multiply(rough > -1 && rough < 1
                            ? BigDecimal.ONE.movePointLeft(1)
                            : BigDecimal.valueOf(2 * LARGEST))
                    : new BigDecimal(number.getAsString());
        }
        throw SchemaText.refused(path + "/" + key,
                "expected a number, got " + SchemaText.excerpt(schema.get(key).toString()));
    }

    /** Integers between the bounds; nothing if there are none. */
    Rule integers() {
        Rule positive = most < 0 ? Rule.NOTHING : digits(Math.max(0, least), most);
        Rule negative = least >= 0 ? Rule.NOTHING : sequence(literal("-"), digits(Math.max(1, -most), -least));
        return choice(positive, negative);
    }

    /** Numbers between the bounds, without exponents. */
    Rule numbers() {
        Rule positive = most < 0 ? Rule.NOTHING : fractions(Math.max(0, least), most);
        Rule negative = least >= 0 ? Rule.NOTHING : sequence(literal("-"), fractions(Math.max(0, -most), -least));
        return choice(positive, negative);
    }

    private static Rule fractions(long from, long to) {
        Rule below = sequence(digits(from, to - 1), optional(sequence(literal("."), repeat(JsonRules.DIGIT, 1, 17))));
        return from > to ? Rule.NOTHING : choice(below, sequence(literal(Long.toString(to)), optional(literal(".0"))));
    }

    /** Whole numbers without a sign, one length after the other. */
    private static Rule digits(long from, long to) {
        List<Rule> lengths = new ArrayList<>();
        for (long low = from; low <= to;) {
            long longest = Long.parseLong("9".repeat(Long.toString(low).length()));
            long high = Math.min(longest, to);
            lengths.add(between(Long.toString(low), Long.toString(high)));
            low = high + 1;
        }
        return choice(lengths);
    }

    /** Digits between two texts of the same length. */
    private static Rule between(String low, String high) {
        int length = low.length();
        if (low.equals("0".repeat(length)) && high.equals("9".repeat(length))) {
            // All there are; taking them apart would double with every digit.
            return repeat(JsonRules.DIGIT, length, length);
        }
        char first = low.charAt(0);
        char last = high.charAt(0);
        String lowRest = low.substring(1);
        String highRest = high.substring(1);
        if (first == last) {
            return sequence(Rule.Bytes.single(first), between(lowRest, highRest));
        }
        int rest = lowRest.length();
        return choice(sequence(Rule.Bytes.single(first), between(lowRest, "9".repeat(rest))),
                last - first > 1
                        ? sequence(Rule.Bytes.range(first + 1, last - 1), repeat(JsonRules.DIGIT, rest, rest))
                        : Rule.NOTHING,
                sequence(Rule.Bytes.single(last), between("0".repeat(rest), highRest)));
    }
}
