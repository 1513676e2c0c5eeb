package io.augserve.examples.bench;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/**
 * The figures for people, a line a batch as soon as it is measured; 80 columns unless the model has a long name. Where several formats are asked for,
 * the table has a column for them in front, and what a load took stands below it.
 */
final class BenchReport {
    private final PrintWriter out;
    private final boolean several;
    private boolean begun;

    private BenchReport(PrintWriter out, boolean several) {
        this.out = out;
        this.several = several;
    }

    /** @param formats how many are asked for */
    static BenchReport of(PrintWriter out, int formats) {
        return new BenchReport(out, formats > 1);
    }

    /** A format is loaded; the first one brings the table's head. */
    void begin(BenchLoad.Setup setup) {
        if (begun) {
            return;
        }
        begun = true;
        if (several) {
            out.printf(Locale.ROOT, "%s, %d threads%n", setup.model(), setup.threads());
        } else {
            out.printf(Locale.ROOT, "%s, %s, %d threads: %s%n", setup.model(), setup.dtype(), setup.threads(),
                    loaded(setup));
        }
        out.println();
        out.println(column("") + "       tokens/s served  decode floors    ms of a decode step         bytes   RSS");
        out.println(column("dtype")
                + "batch  prefill decode  memory  graph assemble    run sample  apply  /token    MB");
        out.flush();
    }

    void row(BenchLoad.Setup setup, BenchResult result) {
        StepSplit split = result.split();
        out.printf(Locale.ROOT, "%s%5d %8s %6s %7s %6s %8s %6s %6s %6s %7.0f %5s%n", column(setup.dtype()),
                result.given().batch(), figure(result.prefillRate()), figure(result.decodeRate()),
                figure(result.bandwidthRate()), figure(result.bareRate()), figure(split.assemble()),
                figure(split.run()), figure(split.sample()), figure(split.apply()), result.allocatedPerToken(),
                result.memory().isPresent() ? result.memory().get().resident() : "");
        out.flush();
    }

    /** All is measured. */
    void end(List<BenchLoad> loads) {
        out.println();
        for (BenchLoad load : loads) {
            if (several) {
                out.println(column(load.setup().dtype()) + loaded(load.setup()));
            }
            load.results().getLast().memory().ifPresent(use -> memory(load.setup(), use));
        }
        out.flush();
    }

    /** Where the memory went, when all is served. */
    private void memory(BenchLoad.Setup setup, MemoryUse use) {
        out.printf(Locale.ROOT, "%sMB: %d weights + %d KV cache + %d heap + %d else = %d RSS%n", column(""),
                use.weights(), use.kv(), use.heap(), use.rest(), use.resident());
        String peak = setup.loadPeakMegabytes().isPresent()
                ? "; at most " + setup.loadPeakMegabytes().getAsLong() + " until loaded"
                : "";
        out.printf(Locale.ROOT, "%s    %.0f %% over weights and KV cache%s%n", column(""), 100 * use.overhead(), peak);
    }

    /** The format in front, if there are several. */
    private String column(String dtype) {
        return several ? String.format(Locale.ROOT, "%-5s ", dtype) : "";
    }

    private static String loaded(BenchLoad.Setup setup) {
        return String.format(Locale.ROOT, "%.4g MB of weights, loaded in %.2f s",
                setup.weightBytes() / (double) (1 << 20), setup.loadSeconds());
    }

    /** Three digits that count. */
    private static String figure(double value) {
        int decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : value >= 0.9995 ? 2 : 3;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
