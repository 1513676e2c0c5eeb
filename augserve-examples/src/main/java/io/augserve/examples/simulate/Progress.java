package io.augserve.examples.simulate;

import io.augserve.examples.console.Text;
import io.augserve.simulation.Prediction;
import io.augserve.simulation.RunLabel;
import io.augserve.simulation.RunMetrics;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.OptionalInt;

/** Tells which runs have ended: on a terminal in one line that is redrawn, elsewhere in a line each. Thread-safe. */
final class Progress implements AutoCloseable {
    private static final int NARROW = 79;

    private final PrintWriter out;
    private final boolean live;
    private final OptionalInt total;
    private int ended;

    /**
     * @param live whether {@code out} is a terminal
     * @param total runs in all, if that is known
     */
    Progress(PrintWriter out, boolean live, OptionalInt total) {
        this.out = out;
        this.live = live;
        this.total = total;
    }

    synchronized void ended(RunMetrics metrics) {
        ended++;
        RunLabel label = metrics.label();
        String line = String.format(Locale.ROOT, "%s: %s on %s%s%s, seed %d: %d of %d requests finished (%.1f s)",
                total.isPresent() ? ended + " of " + total.getAsInt() : "run " + ended, label.policy(), label.profile(),
                label.predictor().equals(Prediction.ONLINE.name()) ? "" : ", " + label.predictor(),
                label.rate().isPresent() ? ", " + Seconds.brief(label.rate().getAsDouble()) + "/s" : "", label.seed(),
                metrics.finished(), metrics.requests(), metrics.wallSeconds());
        if (live) {
            // A line that wraps could not be drawn over.
            out.print("\r\033[2K" + Text.cut(line, NARROW));
        } else {
            out.println(Text.cut(line, TableReport.WIDTH));
        }
        out.flush();
    }

    /** Clears the redrawn line. */
    @Override
    public synchronized void close() {
        if (live) {
            out.print("\r\033[2K");
            out.flush();
        }
    }
}
