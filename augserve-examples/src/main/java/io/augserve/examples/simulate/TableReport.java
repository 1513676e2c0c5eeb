package io.augserve.examples.simulate;

import io.augserve.examples.console.Text;
import io.augserve.request.ServiceLevel;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/** The table for people: 100 columns, one block a section, one line a policy and rate. {@link Cells} has the columns. */
final class TableReport {
    static final int WIDTH = 100;

    private TableReport() {}

    static void print(PrintWriter out, Results results) {
        Scenario scenario = results.scenario();
        out.println();
        out.println(Text.cut(Cells.title(scenario), WIDTH));
        for (Section section : scenario.sections()) {
            out.println();
            out.println(Text.cut(section.title(), WIDTH));
            out.println(Text.cut(Cells.objective(scenario, section), WIDTH));
            List<Summary> rows = results.summaries(section);
            if (!rows.isEmpty()) {
                sweep(out, scenario, rows);
            }
            capacities(out, results, section);
        }
        out.flush();
    }

    private static void sweep(PrintWriter out, Scenario scenario, List<Summary> rows) {
        List<String> baselines = Cells.baselines(scenario);
        out.println(line(Cells.header(baselines)));
        double last = rows.getFirst().arrivalRate();
        for (Summary row : rows) {
            if (row.arrivalRate() != last && scenario.policies().size() > 1) {
                out.println();
            }
            last = row.arrivalRate();
            out.println(line(Cells.row(row, rows, baselines)));
        }
    }

    private static void capacities(PrintWriter out, Results results, Section section) {
        results.share().ifPresent(share -> {
            out.println(String.format(Locale.ROOT, "highest rate at which %s%% of the requests meet their objective:",
                    Seconds.brief(100 * share)));
            results.capacities(section).forEach(capacity -> out
                    .println(String.format(Locale.ROOT, "%-20s %s", capacity.policy(), Cells.capacity(capacity))));
        });
    }

    private static String line(List<String> cells) {
        StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-18s", cells.getFirst()));
        for (int i = 1; i < cells.size(); i++) {
            // The ratios' heads are the longest.
            line.append(String.format(Locale.ROOT, i < Cells.FIGURES ? "%10s" : "%11s", cells.get(i)));
        }
        return line.toString();
    }

    /** What the columns of the table hold, in text; the page uses it too. */
    static final class Cells {
        /** Columns before the ratios. */
        private static final int FIGURES = 7;

        private Cells() {}

        static String title(Scenario scenario) {
            return String.format(Locale.ROOT, "%s, %d requests, arrivals %s, %s s, %s", scenario.trace().name(),
                    scenario.trace().requests().size(), scenario.arrivals().name(),
                    Seconds.brief(Seconds.of(scenario.duration())),
                    scenario.seeds().size() == 1
                            ? "seed " + scenario.seeds().getFirst()
                            : "mean over " + scenario.seeds().size() + " seeds");
        }

        static String objective(Scenario scenario, Section section) {
            ServiceLevel objective = scenario.objective(section.profile());
            int requests = scenario.trace().requests().size();
            long own = scenario.trace().requests().stream().filter(each -> each.objective().isPresent()).count();
            if (own == requests) {
                return "objective: every request's own";
            }
            return String.format(Locale.ROOT, "objective: %s s to the first token and %s s per output token%s",
                    Seconds.brief(Seconds.of(objective.timeToFirstToken())),
                    Seconds.brief(Seconds.of(objective.normalizedLatency())),
                    own == 0 ? "" : String.format(Locale.ROOT, "; %d requests have their own", own));
        }

        static List<String> baselines(Scenario scenario) {
            return Summary.BASELINES.stream().filter(scenario.policies()::contains).toList();
        }

        static List<String> header(List<String> baselines) {
            List<String> cells = new ArrayList<>(
                    List.of("policy", "rate/s", "eff/s", "SLO %", "TTFT s", "TTFT p99", "s/tok p50"));
            baselines.forEach(baseline -> cells.add("/" + baseline));
            return cells;
        }

        static List<String> row(Summary row, List<Summary> all, List<String> baselines) {
            List<String> cells = new ArrayList<>();
            cells.add(row.policy());
            cells.add(number(row.arrivalRate()));
            cells.add(number(row.effectiveThroughput()));
            cells.add(String.format(Locale.ROOT, "%.1f", 100 * row.mean(metrics -> metrics.sloAttainment())));
            cells.add(number(row.ttftMean()));
            cells.add(number(row.mean(metrics -> metrics.ttft().p99())));
            cells.add(number(row.mean(metrics -> metrics.normalizedLatency().p50())));
            for (String baseline : baselines) {
                OptionalDouble ratio = row.ratioTo(baseline, all);
                cells.add(ratio.isPresent() ? String.format(Locale.ROOT, "%.2f", ratio.getAsDouble()) : "-");
            }
            return cells;
        }

        static String capacity(Capacity capacity) {
            if (capacity.rate() == 0) {
                return String.format(Locale.ROOT, "below %.2g/s", RateSearch.LOWEST);
            }
            return String.format(Locale.ROOT, capacity.isOpen() ? "at least %.2f/s" : "%.2f/s", capacity.rate());
        }

        private static String number(double value) {
            return String.format(Locale.ROOT, value < 10 ? "%.3f" : value < 1_000 ? "%.2f" : "%.0f", value);
        }
    }
}
