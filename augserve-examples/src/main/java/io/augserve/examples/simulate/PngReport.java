package io.augserve.examples.simulate;

import io.augserve.simulation.HardwareProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.XYChart;

/** The picture: a row for each profile, effective throughput and mean time to first token against the rate. */
final class PngReport {
    private PngReport() {}

    static void write(Path file, Results results) throws IOException {
        Charts charts = new Charts(results.scenario().policies());
        List<List<XYChart>> rows = new ArrayList<>();
        for (HardwareProfile profile : results.scenario().profiles()) {
            rows.add(byRate(charts, profile, results));
        }
        Files.write(file, ChartImage.png(rows));
    }

    static List<XYChart> byRate(Charts charts, HardwareProfile profile, Results results) {
        List<Summary> summaries = Summary.of(results.runs(profile.name()));
        return List.of(charts.effectiveThroughput(profile.name(), summaries),
                charts.timeToFirstToken(profile.name(), summaries));
    }
}
