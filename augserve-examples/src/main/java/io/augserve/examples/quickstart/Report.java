package io.augserve.examples.quickstart;

import io.augserve.examples.console.Text;
import io.augserve.request.GenerationResult;
import io.augserve.request.SegmentResult;
import io.augserve.request.Timing;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Locale;

/** The texts with their tool calls, then a table of times; 80 columns. */
final class Report {
    private static final int WIDTH = 80;

    private Report() {}

    static void print(PrintWriter out, Session session) {
        for (Outcome outcome : session.outcomes()) {
            conversation(out, outcome);
        }
        out.println();
        out.println("  #  ended     calls  tokens   queue ms    TTFT ms     ITL ms    tool ms   tok/s");
        for (Outcome outcome : session.outcomes()) {
            row(out, outcome);
        }
        out.println();
        out.printf(Locale.ROOT, "%d requests, %d output tokens in %.2f s: %.0f tokens/s, %.1f requests/s%n",
                session.outcomes().size(), session.outputTokens(), session.seconds(),
                session.outputTokens() / session.seconds(), session.outcomes().size() / session.seconds());
        out.flush();
    }

    private static void conversation(PrintWriter out, Outcome outcome) {
        out.println();
        block(out, String.format(Locale.ROOT, "[%2d] ", outcome.number()), outcome.prompt());
        for (SegmentResult segment : outcome.result().segments()) {
            if (!segment.text().isBlank()) {
                block(out, "     ", segment.text().strip());
            }
            for (int i = 0; i < segment.calls().size(); i++) {
                block(out, "     -> ", segment.calls().get(i).name() + " " + segment.calls().get(i).arguments());
                if (i < segment.results().size()) {
                    block(out, "     <- ", segment.results().get(i).text());
                }
            }
        }
        if (!outcome.problem().isEmpty()) {
            block(out, "     !! ", outcome.problem());
        }
    }

    /** The text behind a lead, further lines indented under it. */
    private static void block(PrintWriter out, String lead, String text) {
        String indent = lead;
        for (String line : Text.wrap(text, WIDTH - lead.length())) {
            out.println(indent + line);
            indent = " ".repeat(lead.length());
        }
    }

    private static void row(PrintWriter out, Outcome outcome) {
        GenerationResult result = outcome.result();
        Timing timing = result.timing();
        double engineSeconds = timing.total().minus(timing.tools()).toNanos() / 1e9;
        out.printf(Locale.ROOT, "%3d  %-9s %5d %7d %10.1f %10.1f %10.2f %10.1f %7.0f%n", outcome.number(),
                result.finishReason().name().toLowerCase(Locale.ROOT), result.toolCalls(),
                result.usage().outputTokens(), millis(timing.queue()), millis(timing.timeToFirstToken()),
                millis(timing.meanInterToken()), millis(timing.tools()),
                engineSeconds == 0 ? 0 : result.usage().outputTokens() / engineSeconds);
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }
}
