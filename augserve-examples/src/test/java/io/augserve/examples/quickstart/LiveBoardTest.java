package io.augserve.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.request.FinishReason;
import io.augserve.request.GenerationEvent;
import io.augserve.request.GenerationResult;
import io.augserve.request.OutputToken;
import io.augserve.request.SegmentResult;
import io.augserve.request.Timing;
import io.augserve.request.Usage;
import io.augserve.tool.ToolCall;
import io.augserve.tool.ToolResult;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The board's last picture, line by line. */
class LiveBoardTest {
    private static final ToolCall CALL = new ToolCall("call_0_0", "get_the_weather_of_a_city", "{}");
    private final StringWriter terminal = new StringWriter();

    @Test
    void aRequestIsFollowedFromTheQueueToItsEnd() {
        assertThat(after()).isEqualTo("  1 queued              0 tok  Where is Anna?");
        assertThat(after(piece("Anna"), piece(" is"))).isEqualTo("  1 decode              2 tok  Anna is");
        assertThat(after(new GenerationEvent.ToolCallStarted(0, CALL)))
                .isEqualTo("  1 tool get_the_we…    0 tok  Where is Anna?");
        assertThat(after(new GenerationEvent.ToolCallStarted(0, CALL),
                new GenerationEvent.ToolCallFinished(0, CALL, ToolResult.of("rain"), Duration.ofSeconds(1))))
                .isEqualTo("  1 queued              0 tok  Where is Anna?");
        assertThat(after(piece("In Oslo."),
                new GenerationEvent.SegmentFinished(0, new SegmentResult("In Oslo.", List.of(), List.of(), 1)),
                new GenerationEvent.Done(result("In Oslo."))))
                .isEqualTo("  1 stop                1 tok  In Oslo.");
    }

    @Test
    void aRequestFails() {
        LiveBoard board = new LiveBoard(new PrintWriter(terminal), List.of("hello"));
        board.failed(1);
        board.close();
        assertThat(lastLines(1)).containsExactly("  1 failed              0 tok  hello");
    }

    @Test
    void linesAreNeverWiderThanTheTerminal() {
        List<String> prompts = Collections.nCopies(2000, "a prompt with\nlines and\u001b[31m colours ".repeat(9));
        LiveBoard board = new LiveBoard(new PrintWriter(terminal), prompts);
        board.show(1, piece("x".repeat(100)));
        board.show(2000, piece("\n"));
        board.close();
        assertThat(lastLines(20)).allSatisfy(line -> assertThat(line).hasSize(80)
                .doesNotContainPattern("\\p{Cntrl}").endsWith("…"));
    }

    @Test
    void thoseWhoRunComeFirstWhenThereAreMoreThanRows() {
        LiveBoard board = new LiveBoard(new PrintWriter(terminal), Collections.nCopies(22, "hello"));
        for (int number = 1; number <= 5; number++) {
            board.show(number, new GenerationEvent.Done(result("bye")));
        }
        board.close();
        assertThat(lastLines(20)).extracting(line -> line.substring(0, 10)).startsWith("  6 queued", "  7 queued")
                .endsWith(" 22 queued", "  1 stop  ", "  2 stop  ", "  3 stop  ");
    }

    private String after(GenerationEvent... events) {
        LiveBoard board = new LiveBoard(new PrintWriter(terminal), List.of("Where is Anna?"));
        for (GenerationEvent event : events) {
            board.show(1, event);
        }
        board.close();
        return lastLines(1).getFirst();
    }

    /** Of the last picture, which an empty line ends. */
    private List<String> lastLines(int count) {
        List<String> lines = terminal.toString().lines().toList();
        assertThat(lines.getLast()).isEmpty();
        return lines.subList(lines.size() - 1 - count, lines.size() - 1).stream()
                .map(line -> line.replaceAll("\u001b\\[\\d+[AK]", "")).toList();
    }

    private static GenerationEvent piece(String text) {
        return new GenerationEvent.TextPiece(0, text, List.of(new OutputToken(1, Float.NaN, List.of())));
    }

    private static GenerationResult result(String text) {
        return new GenerationResult("request-1", text, FinishReason.STOP,
                List.of(new SegmentResult(text, List.of(), List.of(), 1)), List.of(), new Usage(1, 1, 0, 0, 0, 0, 0, 0),
                new Timing(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO));
    }
}
