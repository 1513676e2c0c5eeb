package io.augserve.examples;

/** Numbers that options give. */
public final class Numbers {
    private Numbers() {}

    /**
     * Refuses a number that is too low.
     *
     * @throws BadInputException if it is
     */
    public static void requireAtLeast(String option, int value, int least) {
        if (value < least) {
            throw new BadInputException(option + ": expected a number >= " + least + ", got " + value);
        }
    }
}
