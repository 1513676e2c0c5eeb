package io.augserve.examples.simulate;

import io.augserve.simulation.RunLabel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import org.knowm.xchart.XYChart;

/**
 * The page: one file that needs nothing else. For each section the table, the curves of {@link PngReport}, how times to first token
 * are distributed, and for one run of each policy the KV cache and the batch over time.
 */
final class HtmlReport {
    private static final String STYLE = """
            body { font-family: sans-serif; max-width: 1160px; margin: 2em auto; padding: 0 1em; color: #222; }
            table { border-collapse: collapse; margin: 1em 0; }
            th, td { padding: .2em .8em; text-align: right; border-bottom: 1px solid #ddd; }
            th:first-child, td:first-child { text-align: left; }
            img { max-width: 100%; display: block; }
            """;

    private final Results results;
    private final Charts charts;
    private final StringBuilder page = new StringBuilder();

    private HtmlReport(Results results) {
        this.results = results;
        this.charts = new Charts(results.scenario().policies());
    }

    static void write(Path file, Results results) throws IOException {
        Files.writeString(file, new HtmlReport(results).page());
    }

    private String page() throws IOException {
        Scenario scenario = results.scenario();
        String title = TableReport.Cells.title(scenario);
        page.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>AugServe: ")
                .append(escaped(title)).append("</title>\n<style>\n").append(STYLE)
                .append("</style>\n</head>\n<body>\n<h1>AugServe simulation</h1>\n<p>").append(escaped(title))
                .append("</p>\n");
        for (Section section : scenario.sections()) {
            page.append("<h2>").append(escaped(section.title())).append("</h2>\n<p>The ")
                    .append(escaped(TableReport.Cells.objective(scenario, section))).append(". ")
                    .append(escaped(section.profile().source())).append("</p>\n");
            table(section);
            capacities(section);
            image("effective throughput and mean time to first token against the rate",
                    PngReport.byRate(charts, section, results));
            single(section);
        }
        return page.append("</body>\n</html>\n").toString();
    }

    private void table(Section section) {
        List<Summary> rows = results.summaries(section);
        if (rows.isEmpty()) {
            return;
        }
        List<String> baselines = TableReport.Cells.baselines(results.scenario());
        page.append("<table>\n");
        row("th", TableReport.Cells.header(baselines));
        rows.forEach(row -> row("td", TableReport.Cells.row(row, rows, baselines)));
        page.append("</table>\n");
    }

    private void capacities(Section section) {
        results.share().ifPresent(share -> {
            page.append("<table>\n");
            row("th", List.of("policy",
                    String.format(Locale.ROOT, "highest rate at which %s%% meet their objective",
                            Seconds.brief(100 * share))));
            results.capacities(section).forEach(
                    capacity -> row("td", List.of(capacity.policy(), TableReport.Cells.capacity(capacity))));
            page.append("</table>\n");
        });
    }

    private void row(String tag, List<String> cells) {
        page.append("<tr>");
        cells.forEach(cell -> page.append('<').append(tag).append('>').append(escaped(cell)).append("</").append(tag)
                .append('>'));
        page.append("</tr>\n");
    }

    /** What only single runs can show. */
    private void single(Section section) throws IOException {
        List<Run> detailed = results.runs(section).stream().filter(run -> run.detail().isPresent()).toList();
        if (detailed.isEmpty()) {
            return;
        }
        image("distribution of times to first token",
                List.of(charts.distribution(section.title(), detailed)));
        for (Run run : detailed) {
            RunLabel label = run.metrics().label();
            page.append("<h3>").append(escaped(label.policy())).append(", one run: ").append(String.format(Locale.ROOT,
                    "%s arrivals per second, seed %d", Seconds.brief(run.arrivalRate()), label.seed()))
                    .append("</h3>\n");
            image("KV blocks by state and tokens per iteration over time", List.of(charts.kv(run),
                    charts.batchTokens(run)));
        }
    }

    private void image(String description, List<XYChart> row) throws IOException {
        int width = row.stream().mapToInt(XYChart::getWidth).sum();
        page.append("<img width=\"").append(width).append("\" alt=\"").append(escaped(description))
                .append("\" src=\"data:image/png;base64,")
                .append(Base64.getEncoder().encodeToString(ChartImage.png(List.of(row)))).append("\">\n");
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
