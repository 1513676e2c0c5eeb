package io.augserve.examples.simulate;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.XYChart;

/** The picture: a row for each section, effective throughput and mean time to first token against the rate. */
final class PngReport {
    private PngReport() {}

    static void write(Path file, Results results) throws IOException {
        Charts charts = new Charts(results.scenario().policies());
        List<List<XYChart>> rows = new ArrayList<>();
        for (Section section : results.scenario().sections()) {
            rows.add(byRate(charts, section, results));
        }
        Files.write(file, ChartImage.png(rows));
    }

    static List<XYChart> byRate(Charts charts, Section section, Results results) {
        List<Summary> summaries = Summary.of(results.runs(section));
        return List.of(charts.effectiveThroughput(section.title(), summaries),
                charts.timeToFirstToken(section.title(), summaries));
    }
}
