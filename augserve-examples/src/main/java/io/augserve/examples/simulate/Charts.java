package io.augserve.examples.simulate;

import io.augserve.examples.console.Text;
import io.augserve.simulation.TimelinePoint;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The charts that picture and page share. A policy has the same colour in all of them. */
final class Charts {
    static final int WIDTH = 560;
    static final int HEIGHT = 360;
    private static final int FLAT = 260;
    private static final int TITLE = 56;
    /** What a logarithmic axis shows for anything shorter, 0 among it. */
    private static final double SHORTEST = 1e-3;
    /** Told apart also by those who see few colours; the first nine without a look at the markers. */
    private static final List<Color> COLOURS = List.of(new Color(0x555555), new Color(0x0072b2), new Color(0xe69f00),
            new Color(0x009e73), new Color(0xcc79a7), new Color(0x8c564b), new Color(0x56b4e9), new Color(0xd55e00),
            new Color(0x6a3d9a), new Color(0xb2a800), new Color(0x000000), new Color(0xc0392b));
    /** Of another number than the colours, so that both together repeat late. */
    private static final List<Marker> MARKERS = List.of(SeriesMarkers.CIRCLE, SeriesMarkers.SQUARE,
            SeriesMarkers.DIAMOND, SeriesMarkers.TRIANGLE_UP, SeriesMarkers.TRIANGLE_DOWN);

    private final List<String> policies;

    /** @param policies in the order of their colours */
    Charts(List<String> policies) {
        this.policies = List.copyOf(policies);
    }

    XYChart effectiveThroughput(String title, List<Summary> summaries) {
        XYChart chart = chart(brief(title), "arrivals per second", "requests/s within objective", HEIGHT);
        byRate(chart, summaries, Summary::effectiveThroughput);
        chart.getStyler().setYAxisMin(0.0);
        return chart;
    }

    XYChart timeToFirstToken(String title, List<Summary> summaries) {
        XYChart chart = chart(brief(title), "arrivals per second", "mean time to first token, s", HEIGHT);
        byRate(chart, summaries, summary -> Math.max(SHORTEST, summary.ttftMean()));
        logarithmic(chart, summaries.stream().mapToDouble(Summary::ttftMean).toArray());
        return chart;
    }

    /** How the times to first token of single runs are distributed. */
    XYChart distribution(String title, List<Run> runs) {
        XYChart chart = chart(brief(title), "time to first token, s", "% of requests", HEIGHT);
        for (Run run : runs) {
            List<Double> ttft = run.detail().orElseThrow().ttft();
            int last = ttft.size() - 1;
            // Without the second one, because XChart crowds the ticks of evenly spaced values.
            double[] x = new double[last];
            double[] share = new double[last];
            for (int i = 0; i < last; i++) {
                int quantile = i == 0 ? 0 : i + 1;
                x[i] = Math.max(SHORTEST, ttft.get(quantile));
                share[i] = 100.0 * quantile / last;
            }
            line(chart, run.metrics().label().policy(), x, share).setMarker(SeriesMarkers.NONE);
        }
        chart.getStyler().setXAxisLogarithmic(true).setYAxisMin(0.0).setYAxisMax(100.0);
        chart.getStyler().setXAxisTickLabelsFormattingFunction(Charts::seconds);
        return chart;
    }

    /** KV blocks over time by the state of their requests; what is free is above. */
    XYChart kv(Run run) {
        List<TimelinePoint> points = run.detail().orElseThrow().timeline();
        XYChart chart = chart(run.metrics().label().policy() + ": KV blocks", "s", "blocks", FLAT);
        // Areas are drawn over each other, the highest sum first.
        area(chart, "free", points, point -> point.capacityBlocks(), new Color(0xd4d4d4));
        area(chart, "waiting", points,
                point -> (double) point.runningBlocks() + point.pausedBlocks() + point.waitingBlocks(),
                new Color(0xe69f00));
        area(chart, "paused", points, point -> (double) point.runningBlocks() + point.pausedBlocks(),
                new Color(0x56b4e9));
        area(chart, "running", points, TimelinePoint::runningBlocks, new Color(0x009e73));
        chart.getStyler().setYAxisMin(0.0);
        return chart;
    }

    XYChart batchTokens(Run run) {
        List<TimelinePoint> points = run.detail().orElseThrow().timeline();
        String policy = run.metrics().label().policy();
        XYChart chart = chart(policy + ": tokens per iteration", "s", "tokens", FLAT);
        XYSeries series = line(chart, policy, points.stream().mapToDouble(TimelinePoint::seconds).toArray(),
                points.stream().mapToDouble(TimelinePoint::batchTokens).toArray());
        series.setMarker(SeriesMarkers.NONE);
        series.setLineStyle(new BasicStroke(1));
        chart.getStyler().setYAxisMin(0.0);
        chart.getStyler().setLegendVisible(false);
        return chart;
    }

    private void byRate(XYChart chart, List<Summary> summaries, ToDoubleFunction<Summary> value) {
        for (String policy : policies) {
            List<Summary> own = summaries.stream().filter(summary -> summary.policy().equals(policy))
                    .sorted((one, other) -> Double.compare(one.arrivalRate(), other.arrivalRate())).toList();
            if (!own.isEmpty()) {
                line(chart, policy, own.stream().mapToDouble(Summary::arrivalRate).toArray(),
                        own.stream().mapToDouble(value).toArray());
            }
        }
    }

    private XYSeries line(XYChart chart, String policy, double[] x, double[] y) {
        XYSeries series = chart.addSeries(policy, x, y);
        int place = Math.max(0, policies.indexOf(policy));
        Color colour = COLOURS.get(place % COLOURS.size());
        series.setLineColor(colour).setLineStyle(new BasicStroke(2));
        series.setMarkerColor(colour).setMarker(MARKERS.get(place % MARKERS.size()));
        return series;
    }

    private static void area(XYChart chart, String name, List<TimelinePoint> points,
            ToDoubleFunction<TimelinePoint> value, Color colour) {
        XYSeries series = chart.addSeries(name, points.stream().mapToDouble(TimelinePoint::seconds).toArray(),
                points.stream().mapToDouble(value).toArray());
        series.setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Area);
        series.setFillColor(colour);
        series.setMarker(SeriesMarkers.NONE);
        series.setLineColor(colour).setLineStyle(new BasicStroke(3));
    }

    /** Whole decades around the values, so that one value or equal ones have an axis too. */
    private static void logarithmic(XYChart chart, double[] values) {
        double least = Double.POSITIVE_INFINITY;
        double most = SHORTEST;
        for (double value : values) {
            least = Math.min(least, Math.max(SHORTEST, value));
            most = Math.max(most, value);
        }
        double bottom = Math.pow(10, Math.floor(Math.log10(Math.min(least, most))));
        double top = Math.pow(10, Math.ceil(Math.log10(most)));
        chart.getStyler().setYAxisLogarithmic(true).setYAxisMin(bottom).setYAxisMax(Math.max(top, 10 * bottom));
        chart.getStyler().setYAxisTickLabelsFormattingFunction(Charts::seconds);
    }

    private static String seconds(double value) {
        return value >= 1 ? Long.toString(Math.round(value)) : Double.toString(Math.round(value * 1e4) / 1e4);
    }

    /** Names from files may be of any length, and a title has one line. */
    private static String brief(String title) {
        return Text.cut(title, TITLE);
    }

    private static XYChart chart(String title, String x, String y, int height) {
        XYChart chart = new XYChartBuilder().width(WIDTH).height(height).title(title).xAxisTitle(x).yAxisTitle(y)
                .build();
        chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE).setLegendBorderColor(Color.WHITE)
                .setChartBackgroundColor(Color.WHITE).setChartTitleBoxVisible(false)
                .setChartTitleFont(new Font(Font.SANS_SERIF, Font.BOLD, 14)).setPlotBorderVisible(false)
                .setMarkerSize(7);
        chart.getStyler().setPlotGridLinesColor(new Color(0xdddddd))
                .setAxisTitleFont(new Font(Font.SANS_SERIF, Font.PLAIN, 12))
                .setAxisTickLabelsFont(new Font(Font.SANS_SERIF, Font.PLAIN, 11)).setYAxisTickMarkSpacingHint(40)
                .setXAxisTickMarkSpacingHint(90)
                .setXAxisDecimalPattern("0.##").setYAxisDecimalPattern("#,##0.###");
        return chart;
    }
}
