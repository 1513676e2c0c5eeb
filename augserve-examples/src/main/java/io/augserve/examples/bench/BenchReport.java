package io.augserve.examples.bench;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.OptionalLong;

/** The figures for people, a line a batch as soon as it is measured; 80 columns unless the model has a long name. */
final class BenchReport {
    private final PrintWriter out;

    /**
     * What all batches have in common.
     *
     * @param model its name
     * @param dtype what its weights are kept in
     * @param kvDtype what the KV cache is kept in
     * @param threads of the engine
     * @param weightBytes that a step reads
     * @param loadSeconds until the engine was ready, its warm-up included
     * @param loadPeakMegabytes the most memory of the process until then; empty where the system does not tell
     */
    record Setup(String model, String dtype, String kvDtype, int threads, long weightBytes, double loadSeconds,
            OptionalLong loadPeakMegabytes) {}

    BenchReport(PrintWriter out) {
        this.out = out;
    }

    void begin(Setup setup) {
        out.printf(Locale.ROOT, "%s, %s, %d threads: %.4g MB of weights, loaded in %.2f s%n", setup.model(),
                setup.dtype(), setup.threads(), setup.weightBytes() / (double) (1 << 20), setup.loadSeconds());
        out.println();
        out.println("       tokens/s served  decode floors    ms of a decode step         bytes   RSS");
        out.println("batch  prefill decode  memory  graph assemble    run sample  apply  /token    MB");
        out.flush();
    }

    void row(BenchResult result) {
        StepSplit split = result.split();
        out.printf(Locale.ROOT, "%5d %8s %6s %7s %6s %8s %6s %6s %6s %7.0f %5s%n", result.given().batch(),
                figure(result.prefillRate()), figure(result.decodeRate()), figure(result.bandwidthRate()),
                figure(result.bareRate()), figure(split.assemble()), figure(split.run()), figure(split.sample()),
                figure(split.apply()), result.allocatedPerToken(),
                result.memory().isPresent() ? result.memory().get().resident() : "");
        out.flush();
    }

    /** Where the memory went, when all is served. */
    void end(Setup setup, BenchResult last) {
        last.memory().ifPresent(use -> out.printf(Locale.ROOT,
                "%nMB: %d weights + %d KV cache + %d heap + %d else = %d RSS, %.0f %% over weights and KV%n",
                use.weights(), use.kv(), use.heap(), use.rest(), use.resident(), 100 * use.overhead()));
        setup.loadPeakMegabytes().ifPresent(peak -> out.printf(Locale.ROOT, "    %d at most until loaded%n", peak));
        out.flush();
    }

    /** Three digits that count. */
    private static String figure(double value) {
        int decimals = value >= 99.95 ? 0 : value >= 9.995 ? 1 : value >= 0.9995 ? 2 : 3;
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }
}
