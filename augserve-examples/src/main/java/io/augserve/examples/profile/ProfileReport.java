package io.augserve.examples.profile;

import io.augserve.predict.IterationTime;
import io.augserve.predict.StepLoad;
import io.augserve.profile.EngineProfile;
import io.augserve.profile.StepTime;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** The fitted model, its error, and how it compares with a few of the measured steps; 80 columns. */
final class ProfileReport {
    private static final int ROWS = 5;

    private ProfileReport() {}

    static void print(PrintWriter out, EngineProfile profile) {
        IterationTime time = profile.iterationTime();
        out.printf(Locale.ROOT, "%s, KV cache of %d blocks of %d tokens, steps of at most %d tokens%n",
                profile.engine().model(), profile.kvBlocks(), profile.blockSize(), profile.engine().maxBatchTokens());
        out.println();
        out.println("t_ms = a + b * max(P + D - m0, 0) + c * D + d * CTX + e * Q");
        out.printf(Locale.ROOT, "a = %.4g ms, b = %.4g ms/token, c = %.4g ms/sequence,%n", time.a(), time.b(),
                time.c());
        out.printf(Locale.ROOT, "d = %.4g ms/context token, e = %.4g ms/token^2, m0 = %.0f tokens%n", time.d(),
                time.e(),
                time.m0());
        out.printf(Locale.ROOT, "mean error %.1f %% over %d loads; T_max = %d tokens%n", 100 * profile.error(),
                profile.steps().size(), profile.machine().saturationTokens());
        if (profile.hostBlocks() > 0) {
            out.printf(Locale.ROOT, "host memory for %d blocks, %.3g us to move the KV of a token%n",
                    profile.hostBlocks(), 1e6 * profile.swapSecondsPerToken());
        }
        out.println();
        out.println("prefill  decodes  context          Q  measured ms   fitted ms   tokens/s  times");
        rows(out, time, profile.steps().stream().filter(step -> step.load().decodes() == 0).toList());
        rows(out, time, profile.steps().stream().filter(step -> step.load().prefillTokens() == 0).toList());
        rows(out, time, profile.steps().stream()
                .filter(step -> step.load().prefillTokens() > 0 && step.load().decodes() > 0).toList());
        out.flush();
    }

    /** At most so many, evenly spread from the smallest to the largest. */
    private static void rows(PrintWriter out, IterationTime time, List<StepTime> steps) {
        List<StepTime> sorted = steps.stream()
                .sorted(Comparator.comparingInt((StepTime step) -> step.load().tokens())
                        .thenComparingLong(step -> step.load().decodeContext())
                        .thenComparingDouble(step -> step.load().prefillWork()))
                .toList();
        int rows = Math.min(ROWS, sorted.size());
        for (int i = 0; i < rows; i++) {
            row(out, time, sorted.get(rows == 1 ? 0 : i * (sorted.size() - 1) / (rows - 1)));
        }
    }

    private static void row(PrintWriter out, IterationTime time, StepTime step) {
        StepLoad load = step.load();
        out.printf(Locale.ROOT, "%7d  %7d  %7d  %9.0f  %11.3f %11.3f %10.0f  %5d%n", load.prefillTokens(),
                load.decodes(),
                load.decodeContext(), load.prefillWork(), 1e3 * step.seconds(), time.nanos(load) / 1e6,
                step.tokensPerSecond(),
                step.repetitions());
    }
}
