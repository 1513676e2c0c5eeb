package io.augserve.examples.simulate;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import io.augserve.examples.BadInputException;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A JSON object that knows where it stands, read strictly: what is missing, of another type or out of its range is refused with
 * file, line and field. Fields that nobody asks for are ignored.
 *
 * @param place file and line
 * @param path of the object within its document, empty or ending with a dot
 * @param object the fields
 */
record JsonFields(String place, String path, JsonObject object) {
    private static final Pattern POSITION = Pattern.compile("at (line \\d+ column \\d+)");

    /**
     * Parses a document that is one object.
     *
     * @throws BadInputException if it is not, or not in strict JSON
     */
    static JsonFields parse(String place, String text) {
        JsonElement element;
        try {
            element = StrictTree.read(place, text);
        } catch (JsonParseException | IOException e) {
            Matcher position = POSITION.matcher(String.valueOf(e.getMessage()));
            throw new BadInputException(place + ": expected a JSON object, got malformed JSON"
                    + (position.find() ? " (" + position.group(1) + " of the text)" : ""));
        }
        return of(place, "", element);
    }

    private static JsonFields of(String place, String path, JsonElement element) {
        if (!element.isJsonObject()) {
            throw new BadInputException(place + (path.isEmpty() ? "" : ", " + path) + ": expected a JSON object, got "
                    + shown(element));
        }
        return new JsonFields(place, path.isEmpty() ? "" : path + ".", element.getAsJsonObject());
    }

    boolean has(String field) {
        return object.has(field);
    }

    /** What is wrong with a field, in one line. */
    BadInputException bad(String field, String expected) {
        return new BadInputException(place + ", " + path + field + ": expected " + expected + ", got "
                + (has(field) ? shown(object.get(field)) : "nothing"));
    }

    JsonFields child(String field) {
        if (!has(field)) {
            throw bad(field, "a JSON object");
        }
        return of(place, path + field, object.get(field));
    }

    /** The objects of an array that has at least one. */
    List<JsonFields> children(String field) {
        if (!has(field) || !object.get(field).isJsonArray() || object.get(field).getAsJsonArray().isEmpty()) {
            throw bad(field, "an array of at least one object");
        }
        JsonArray array = object.get(field).getAsJsonArray();
        List<JsonFields> children = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            children.add(of(place, path + field + "[" + i + "]", array.get(i)));
        }
        return children;
    }

    /** A text that is not blank, if the field is there. */
    Optional<String> text(String field) {
        if (!has(field)) {
            return Optional.empty();
        }
        JsonElement value = object.get(field);
        if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isString() || value.getAsString().isBlank()) {
            throw bad(field, "a text that is not blank");
        }
        return Optional.of(value.getAsString());
    }

    String requiredText(String field) {
        return text(field).orElseThrow(() -> bad(field, "a text"));
    }

    /** A number in a range, if the field is there. */
    OptionalDouble number(String field, double least, double most) {
        if (!has(field)) {
            return OptionalDouble.empty();
        }
        BigDecimal value = decimal(field, "a number");
        if (!(value.doubleValue() >= least && value.doubleValue() <= most)) {
            throw bad(field, "a number from " + plain(least) + " to " + plain(most));
        }
        return OptionalDouble.of(value.doubleValue());
    }

    double requiredNumber(String field, double least, double most) {
        return number(field, least, most)
                .orElseThrow(() -> bad(field, "a number from " + plain(least) + " to " + plain(most)));
    }

    /** An integer of at least {@code least}, and the default if the field is not there. */
    int count(String field, int least, int missing) {
        return has(field) ? requiredCount(field, least) : missing;
    }

    int requiredCount(String field, int least) {
        String expected = "an integer >= " + least;
        if (!has(field)) {
            throw bad(field, expected);
        }
        try {
            int value = decimal(field, expected).intValueExact();
            if (value >= least) {
                return value;
            }
        } catch (ArithmeticException e) {
            throw bad(field, expected + " that fits into 32 bits");
        }
        throw bad(field, expected);
    }

    private BigDecimal decimal(String field, String expected) {
        JsonElement value = object.get(field);
        if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isNumber()) {
            throw bad(field, expected);
        }
        try {
            return value.getAsBigDecimal();
        } catch (NumberFormatException e) {
            throw bad(field, expected);
        }
    }

    private static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e7
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    private static String shown(JsonElement element) {
        String text = element.toString();
        return text.length() <= 40 ? text : text.substring(0, 39) + "…";
    }
}
