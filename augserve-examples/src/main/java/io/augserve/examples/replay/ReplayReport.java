package io.augserve.examples.replay;

import io.augserve.simulation.RunMetrics;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** Live and simulated figures of one rate side by side, and how far their ratios agree; 100 columns. */
final class ReplayReport {
    /** How far a ratio may be off. */
    static final double TOLERANCE = 0.15;

    private ReplayReport() {}

    /**
     * @param pairs of one rate, at least one; the first is what the others are compared with
     */
    static void print(PrintWriter out, List<Pair> pairs) {
        out.println();
        for (Origin origin : Origin.values()) {
            out.printf(Locale.ROOT, "%-15s %8s %8s %8s %8s %9s %9s %9s %9s%n", origin, "rate/s", "requests", "finished",
                    "eff/s", "SLO %", "TTFT s", "s/tok", "steps");
            pairs.forEach(pair -> row(out, pair.of(origin)));
            out.println();
        }
        Pair baseline = pairs.getFirst();
        if (pairs.size() > 1) {
            ratios(out, pairs, baseline);
        }
        out.flush();
    }

    private static void row(PrintWriter out, RunMetrics metrics) {
        out.printf(Locale.ROOT, "%-15s %8.4g %8d %8d %8.3f %9.1f %9.3f %9.4f %9d%n", metrics.label().policy(),
                metrics.label().rate().orElseThrow(), metrics.requests(), metrics.finished(),
                metrics.effectiveThroughput(), 100 * metrics.sloAttainment(), metrics.ttft().mean(),
                metrics.normalizedLatency().mean(), metrics.iterations());
    }

    private static void ratios(PrintWriter out, List<Pair> pairs, Pair baseline) {
        out.printf(Locale.ROOT, "over %s, live and simulated, and the first over the second%n", baseline.policy());
        int within = 0;
        int known = 0;
        for (Pair pair : pairs.subList(1, pairs.size())) {
            StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-15s", pair.policy()));
            for (Figure figure : Figure.values()) {
                OptionalDouble both = figure.ratioOfRatios(pair, baseline);
                known += both.isPresent() ? 1 : 0;
                within += isWithin(both) ? 1 : 0;
                line.append(String.format(Locale.ROOT, "  %s %s/%s=%s", figure.title(),
                        text(figure.ratio(Origin.LIVE, pair, baseline)),
                        text(figure.ratio(Origin.SIMULATED, pair, baseline)), text(both)));
            }
            out.println(line);
        }
        out.printf(Locale.ROOT, "%d of %d ratios within %.0f %%%n", within, known, 100 * TOLERANCE);
        out.printf(Locale.ROOT, "by effective throughput: live %s; simulated %s%n", order(pairs, Origin.LIVE),
                order(pairs, Origin.SIMULATED));
    }

    /** Whether a ratio of ratios is there and not further from 1 than is allowed. */
    static boolean isWithin(OptionalDouble ratio) {
        return ratio.isPresent() && Math.abs(ratio.getAsDouble() - 1) <= TOLERANCE;
    }

    /** Policies from best to worst; those that are equal in the order in which they were named. */
    static String order(List<Pair> pairs, Origin origin) {
        return pairs.stream()
                .sorted(Comparator
                        .comparingDouble((Pair pair) -> -Figure.EFFECTIVE_THROUGHPUT.of(pair.of(origin))))
                .map(Pair::policy).collect(Collectors.joining(" > "));
    }

    private static String text(OptionalDouble value) {
        return value.isPresent() ? String.format(Locale.ROOT, "%.2f", value.getAsDouble()) : "-";
    }
}
