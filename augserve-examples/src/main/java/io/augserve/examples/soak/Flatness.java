package io.augserve.examples.soak;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * By how much a figure grew: its least value in the last quarter of the rounds less that in the second quarter. The least, because a
 * native heap gives back what was freed when it likes, so that single values go up and down by half, but never below what is really held;
 * the first quarter is left out, in which classes are loaded and code is compiled.
 */
final class Flatness {
    /** With fewer rounds nothing is judged. */
    static final int LEAST_ROUNDS = 12;
    /** Reachable objects; code that runs for the first time late brings some. */
    static final double MOST_HEAP_MEGABYTES = 4;
    /** Of what was resident before. */
    static final double MOST_RESIDENT_SHARE = 0.25;

    private Flatness() {}

    static OptionalDouble heapGrowth(List<SoakSample> samples) {
        return growth(samples, Footprint::heapMegabytes);
    }

    static OptionalDouble residentGrowth(List<SoakSample> samples) {
        return growth(samples, Flatness::resident);
    }

    /** Everything that is not as it should be, one line each. */
    static List<String> problems(List<SoakSample> samples) {
        Stream<String> leaks = samples.stream().filter(sample -> sample.leakedBlocks() != 0)
                .map(sample -> sample.policy() + ": " + sample.leakedBlocks() + " KV blocks leaked");
        if (samples.size() < LEAST_ROUNDS) {
            return leaks.toList();
        }
        double mostResident = MOST_RESIDENT_SHARE * least(second(samples), Flatness::resident);
        return Stream.of(leaks, grown("heap", heapGrowth(samples), MOST_HEAP_MEGABYTES),
                grown("resident set", residentGrowth(samples), mostResident)).flatMap(lines -> lines).toList();
    }

    private static OptionalDouble growth(List<SoakSample> samples, ToDoubleFunction<Footprint> figure) {
        return samples.size() < LEAST_ROUNDS
                ? OptionalDouble.empty()
                : OptionalDouble.of(least(last(samples), figure) - least(second(samples), figure));
    }

    private static List<SoakSample> second(List<SoakSample> samples) {
        int quarter = samples.size() / 4;
        return samples.subList(quarter, 2 * quarter);
    }

    private static List<SoakSample> last(List<SoakSample> samples) {
        return samples.subList(samples.size() - samples.size() / 4, samples.size());
    }

    private static double least(List<SoakSample> samples, ToDoubleFunction<Footprint> figure) {
        return samples.stream().map(SoakSample::footprint).mapToDouble(figure).min().orElseThrow();
    }

    private static double resident(Footprint footprint) {
        return footprint.residentMegabytes().orElse(0);
    }

    private static Stream<String> grown(String what, OptionalDouble growth, double most) {
        return growth.stream().filter(value -> value > most).mapToObj(value -> String.format(Locale.ROOT,
                "%s: grew by %.1f MB, expected at most %.1f", what, value, most));
    }
}
