package io.augserve.examples.micrometer;

import io.augserve.observe.ServerEvent;
import io.augserve.observe.ServerEvent.FirstToken;
import io.augserve.observe.ServerEvent.RequestFinished;
import io.augserve.observe.ServerEvent.ToolCallEnded;
import io.augserve.observe.ServerObserver;
import io.augserve.request.FinishReason;
import io.augserve.request.RequestRejectedException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;

/**
 * The server's part of OpenTelemetry's GenAI conventions. Where they do not say what a pause for tools is: {@code request.duration} is
 * what the caller waited, pauses included, and {@code time_per_output_token} is without them, (total - tools - time to first token) /
 * (output tokens - 1), one sample for each request with at least two tokens. An {@code error.type} that is empty stands for none.
 */
final class GenAiMetrics implements ServerObserver {
    private static final String ERROR = "error.type";

    private final Meters meters;
    private final ToolNames tools = new ToolNames();
    private final Timer firstToken;
    private final Timer perOutputToken;

    GenAiMetrics(MeterRegistry registry, ServedModel model) {
        meters = new Meters(registry, Tags.of("gen_ai.operation.name", "chat", "gen_ai.provider.name", "augserve",
                "gen_ai.request.model", model.name()), model);
        firstToken = meters.timer("gen_ai.server.time_to_first_token", "From arrival to the first token",
                Buckets.FIRST_TOKEN);
        perOutputToken = meters.timer("gen_ai.server.time_per_output_token",
                "Mean time of the tokens after the first, without pauses for tools", Buckets.OUTPUT_TOKEN);
        duration("");
    }

    private Timer duration(String error) {
        return meters.timer("gen_ai.server.request.duration", "From arrival to the end, pauses for tools included",
                Buckets.DURATION, ERROR, error);
    }

    @Override
    public boolean watchesTokens() {
        return false;
    }

    @Override
    public void firstToken(FirstToken event) {
        firstToken.record(event.timeToFirstToken());
    }

    @Override
    public void finished(RequestFinished event) {
        duration(error(event)).record(event.timing().total());
        int gaps = event.usage().outputTokens() - 1;
        if (gaps > 0) {
            Duration decoding = event.timing().total().minus(event.timing().tools())
                    .minus(event.timing().timeToFirstToken());
            perOutputToken.record(decoding.dividedBy(gaps));
        }
    }

    private static String error(ServerEvent.RequestFinished event) {
        return switch (event.reason()) {
            case STOP, TOOL_CALLS, LENGTH -> "";
            case CANCELLED -> lowerCase(FinishReason.CANCELLED);
            case FAILED -> switch (event.cause().orElse(null)) {
                case null -> "request";
                case RequestRejectedException rejected -> lowerCase(rejected.reason());
                case Throwable cause -> cause.getClass().getName();
            };
        };
    }

    private static String lowerCase(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public void toolCallEnded(ToolCallEnded event) {
        meters.timer("gen_ai.execute_tool.duration", "From asking the tool's handler to its answer", Buckets.DURATION,
                "gen_ai.tool.name", tools.bounded(event.tool()), ERROR, event.failed() ? "tool" : "")
                .record(event.duration());
    }
}
