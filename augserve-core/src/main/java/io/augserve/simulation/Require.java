package io.augserve.simulation;

/** Checks of arguments; the message names the field, what was expected and what came. */
final class Require {
    private Require() {}

    static void positive(String field, double value) {
        if (!(value > 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(field + ": expected > 0 and finite, got " + value);
        }
    }

    static void notNegative(String field, double value) {
        if (!(value >= 0 && value < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException(field + ": expected >= 0 and finite, got " + value);
        }
    }

    static void atLeast(String field, long value, long least) {
        if (value < least) {
            throw new IllegalArgumentException(field + ": expected >= " + least + ", got " + value);
        }
    }

    static void atMost(String field, long value, long most) {
        if (value > most) {
            throw new IllegalArgumentException(field + ": expected <= " + most + ", got " + value);
        }
    }

    static void notBlank(String field, String value) {
        if (value.isBlank()) {
            throw new IllegalArgumentException(field + ": expected a name, got '" + value + "'");
        }
    }
}
