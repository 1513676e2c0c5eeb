package io.augserve.onnx.model;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * Typed access to the fields of one JSON object. A field that is absent or {@code null} is empty; a field of another
 * type or outside its range is a {@link ModelFormatException} that names it with its path.
 *
 * @param file where the object came from
 * @param path the object's own path, empty for the outermost object
 * @param object the object
 */
record JsonFields(Path file, String path, JsonObject object) {

    int requireInt(String name, int min) {
        return optionalInt(name, min).orElseThrow(() -> missing(name, "an integer of at least " + min));
    }

    int requireInt(String name, int min, int max) {
        return optionalInt(name, min, max)
                .orElseThrow(() -> missing(name, "an integer from " + min + " to " + max));
    }

    OptionalInt optionalInt(String name, int min, int max) {
        Optional<JsonElement> value = find(name);
        return value.isPresent()
                ? OptionalInt.of((int) toLong(name, value.get(), min, max, "an integer from " + min + " to " + max))
                : OptionalInt.empty();
    }

    OptionalInt optionalInt(String name, int min) {
        Optional<JsonElement> value = find(name);
        return value.isPresent() ? OptionalInt.of(toInt(name, value.get(), min)) : OptionalInt.empty();
    }

    /** A number between two bounds, which are allowed. */
    OptionalDouble optionalNumber(String name, double min, double max) {
        OptionalDouble number = optionalNumber(name, min);
        if (number.isPresent() && number.getAsDouble() > max) {
            throw problem(name, Double.toString(number.getAsDouble()), "a number from " + min + " to " + max);
        }
        return number;
    }

    /** A finite number of at least {@code min}. */
    OptionalDouble optionalNumber(String name, double min) {
        Optional<JsonElement> value = find(name);
        if (value.isEmpty()) {
            return OptionalDouble.empty();
        }
        String expected = "a finite number of at least " + min;
        if (!isNumber(value.get())) {
            throw problem(name, value.get().toString(), expected);
        }
        double number = value.get().getAsDouble();
        if (!Double.isFinite(number) || number < min) {
            throw problem(name, value.get().toString(), expected);
        }
        return OptionalDouble.of(number);
    }

    /** A finite number greater than zero. */
    double requirePositive(String name) {
        return optionalPositive(name).orElseThrow(() -> missing(name, "a number greater than 0"));
    }

    /** A finite number greater than zero. */
    OptionalDouble optionalPositive(String name) {
        OptionalDouble number = optionalNumber(name, 0);
        if (number.isPresent() && number.getAsDouble() == 0) {
            throw problem(name, "0", "a number greater than 0");
        }
        return number;
    }

    boolean flag(String name, boolean absent) {
        Optional<JsonElement> value = find(name);
        if (value.isEmpty()) {
            return absent;
        }
        if (!value.get().isJsonPrimitive() || !value.get().getAsJsonPrimitive().isBoolean()) {
            throw problem(name, value.get().toString(), "true or false");
        }
        return value.get().getAsBoolean();
    }

    Optional<String> optionalString(String name) {
        return find(name).map(value -> toText(name, value));
    }

    Optional<List<String>> optionalStrings(String name) {
        Optional<JsonElement> value = find(name);
        if (value.isEmpty()) {
            return Optional.empty();
        }
        List<String> strings = new ArrayList<>();
        for (JsonElement element : toArray(name, value.get(), "an array of strings")) {
            strings.add(toText(name, element));
        }
        return Optional.of(List.copyOf(strings));
    }

    /** One integer, or an array of them; absent is empty. */
    List<Integer> oneOrMoreInts(String name, int min) {
        Optional<JsonElement> value = find(name);
        if (value.isEmpty()) {
            return List.of();
        }
        if (!value.get().isJsonArray()) {
            return List.of(toInt(name, value.get(), min));
        }
        List<Integer> ints = new ArrayList<>();
        for (JsonElement element : value.get().getAsJsonArray()) {
            ints.add(toInt(name, element, min));
        }
        return List.copyOf(ints);
    }

    List<Long> requireLongs(String name, long min) {
        String expected = "an array of integers of at least " + min;
        JsonElement value = find(name).orElseThrow(() -> missing(name, expected));
        List<Long> longs = new ArrayList<>();
        for (JsonElement element : toArray(name, value, expected)) {
            longs.add(toLong(name, element, min, Long.MAX_VALUE, "an array of integers of at least " + min));
        }
        return List.copyOf(longs);
    }

    String requireString(String name) {
        return optionalString(name).orElseThrow(() -> missing(name, "a string"));
    }

    JsonFields requireObject(String name) {
        return optionalObject(name).orElseThrow(() -> missing(name, "an object"));
    }

    Optional<JsonFields> optionalObject(String name) {
        Optional<JsonElement> value = find(name);
        if (value.isPresent() && !value.get().isJsonObject()) {
            throw problem(name, value.get().toString(), "an object");
        }
        return value.map(element -> new JsonFields(file, pathOf(name), element.getAsJsonObject()));
    }

    ModelFormatException problem(String name, String found, String expected) {
        return new ModelFormatException(file, "field " + pathOf(name), found, expected);
    }

    private ModelFormatException missing(String name, String expected) {
        return problem(name, "nothing", expected);
    }

    private Optional<JsonElement> find(String name) {
        return Optional.ofNullable(object.get(name)).filter(element -> !element.isJsonNull());
    }

    private String pathOf(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private int toInt(String name, JsonElement value, int min) {
        return (int) toLong(name, value, min, Integer.MAX_VALUE, "an integer of at least " + min);
    }

    private long toLong(String name, JsonElement value, long min, long max, String expected) {
        if (!isNumber(value)) {
            throw problem(name, value.toString(), expected);
        }
        try {
            long number = value.getAsBigDecimal().longValueExact();
            if (number >= min && number <= max) {
                return number;
            }
        } catch (ArithmeticException e) { // a fraction, or too large: reported below like any other wrong number
        }
        throw problem(name, value.toString(), expected);
    }

    private String toText(String name, JsonElement value) {
        if (!value.isJsonPrimitive() || !value.getAsJsonPrimitive().isString()) {
            throw problem(name, value.toString(), "a string");
        }
        return value.getAsString();
    }

    private JsonArray toArray(String name, JsonElement value, String expected) {
        if (!value.isJsonArray()) {
            throw problem(name, value.toString(), expected);
        }
        return value.getAsJsonArray();
    }

    private static boolean isNumber(JsonElement value) {
        return value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber();
    }
}
