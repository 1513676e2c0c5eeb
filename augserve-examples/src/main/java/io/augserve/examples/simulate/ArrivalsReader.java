package io.augserve.examples.simulate;

import io.augserve.examples.BadInputException;
import io.augserve.examples.console.Text;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Reads the gaps between recorded arrivals from the first column of a CSV file: seconds, or timestamps such as
 * {@code 2023-11-16 18:17:03.9799600}, in ascending order. The first line may be a header.
 */
final class ArrivalsReader {
    private static final String EXPECTED = "a CSV file with arrivals in its first column: seconds or timestamps";

    private static final int SHOWN = 40;

    private ArrivalsReader() {}

    /**
     * Seconds between successive arrivals.
     *
     * @throws BadInputException if the file has fewer than two arrivals, or a line is none, or they are out of order, or all the same
     */
    static double[] gaps(String file) {
        List<String> lines = InputFile.lines("--arrivals", file, EXPECTED);
        double[] times = new double[lines.size()];
        int count = 0;
        for (int i = 0; i < lines.size(); i++) {
            String cell = lines.get(i).split(",", 2)[0].strip();
            OptionalDouble time = seconds(cell);
            boolean header = i == 0 && time.isEmpty();
            if (header || lines.get(i).isBlank()) {
                continue;
            }
            String place = file + ", line " + (i + 1) + ", column 1: ";
            if (time.isEmpty()) {
                throw new BadInputException(
                        place + "expected seconds or a timestamp, got '" + Text.cut(cell, SHOWN) + "'");
            }
            times[count] = time.getAsDouble();
            if (count > 0 && times[count] < times[count - 1]) {
                throw new BadInputException(
                        place + "expected arrivals in ascending order, got '" + Text.cut(cell, SHOWN)
                                + "' after a later one");
            }
            count++;
        }
        return differences(file, times, count);
    }

    private static double[] differences(String file, double[] times, int count) {
        if (count < 2 || times[0] == times[count - 1]) {
            throw new BadInputException(
                    "--arrivals " + file + ": expected at least two arrivals at different times, got "
                            + count + " arrivals");
        }
        double[] gaps = new double[count - 1];
        for (int i = 0; i < gaps.length; i++) {
            gaps[i] = times[i + 1] - times[i];
        }
        return gaps;
    }

    /** Seconds since some instant that is the same for a whole file. */
    private static OptionalDouble seconds(String cell) {
        try {
            double value = Double.parseDouble(cell);
            return Double.isFinite(value) ? OptionalDouble.of(value) : OptionalDouble.empty();
        } catch (NumberFormatException e) {
            return timestamp(cell.replace(' ', 'T'));
        }
    }

    private static OptionalDouble timestamp(String text) {
        try {
            boolean hasOffset = text.matches(".*T.*(Z|[+-]\\d\\d:\\d\\d)");
            Instant instant = hasOffset
                    ? OffsetDateTime.parse(text).toInstant()
                    : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
            return OptionalDouble.of(instant.getEpochSecond() + instant.getNano() / 1e9);
        } catch (DateTimeException e) {
            return OptionalDouble.empty();
        }
    }
}
