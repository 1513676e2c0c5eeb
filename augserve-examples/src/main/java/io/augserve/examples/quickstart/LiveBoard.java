package io.augserve.examples.quickstart;

import io.augserve.examples.console.Text;
import io.augserve.request.GenerationEvent;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One line a request, redrawn in place with ANSI cursor movements; 80 columns wide. With more requests than rows, the ones that
 * have not ended come first.
 */
final class LiveBoard implements Board {
    private static final int ROWS = 20;
    private static final int WIDTH = 80;
    private static final long REDRAW_NANOS = 50_000_000;

    private final PrintWriter out;
    private final List<Line> lines = new ArrayList<>();
    private int drawn;
    private long lastDraw = System.nanoTime() - REDRAW_NANOS;

    LiveBoard(PrintWriter out, List<String> prompts) {
        this.out = out;
        for (int i = 0; i < prompts.size(); i++) {
            lines.add(new Line(i + 1, prompts.get(i)));
        }
    }

    @Override
    public synchronized void show(int number, GenerationEvent event) {
        lines.get(number - 1).update(event);
        long now = System.nanoTime();
        if (now - lastDraw >= REDRAW_NANOS) {
            lastDraw = now;
            draw();
        }
    }

    @Override
    public synchronized void failed(int number) {
        lines.get(number - 1).state = "failed";
        draw();
    }

    @Override
    public synchronized void close() {
        draw();
        out.println();
        out.flush();
    }

    private void draw() {
        if (drawn > 0) {
            out.print("\033[" + drawn + "A");
        }
        List<Line> shown = lines;
        if (lines.size() > ROWS) {
            shown = new ArrayList<>(lines.stream().filter(line -> !line.ended()).toList());
            shown.addAll(lines.stream().filter(Line::ended).toList());
            shown = shown.subList(0, ROWS);
        }
        drawn = shown.size();
        for (Line line : shown) {
            out.print("\033[2K");
            out.println(line);
        }
        out.flush();
    }

    /** What is known of one request. */
    private static final class Line {
        private final int number;
        private final String prompt;
        private final StringBuilder text = new StringBuilder();
        private String state = "queued";
        private int tokens;

        Line(int number, String prompt) {
            this.number = number;
            this.prompt = prompt;
        }

        void update(GenerationEvent event) {
            switch (event) {
                case GenerationEvent.TextPiece piece -> {
                    state = "decode";
                    tokens += piece.tokens().size();
                    text.append(piece.text());
                }
                case GenerationEvent.ToolCallStarted started -> state = "tool " + started.call().name();
                case GenerationEvent.ToolCallFinished finished -> state = "queued";
                case GenerationEvent.SegmentFinished finished -> text.setLength(0);
                case GenerationEvent.Done done -> {
                    state = done.result().finishReason().name().toLowerCase(Locale.ROOT);
                    text.append(done.result().text());
                }
            }
        }

        boolean ended() {
            return List.of("stop", "length", "cancelled", "failed").contains(state);
        }

        @Override
        public String toString() {
            String body = text.isEmpty() ? prompt : text.toString();
            return Text.cut(String.format(Locale.ROOT, "%3d %-16s %4d tok  %s", number,
                    Text.cut(Text.oneLine(state), 16), tokens, Text.oneLine(body)), WIDTH);
        }
    }
}
