package io.augserve.simulation;

import io.augserve.request.Generation;
import io.augserve.request.GenerationRequest;
import io.augserve.request.SamplingOptions;
import io.augserve.tool.Tool;
import io.augserve.tool.ToolResult;
import io.augserve.tool.ToolSpec;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Who asks and whose tools are called: submits a workload's requests when they arrive, and lets every call take the time and return the
 * tokens that its script says. Tells the records of everything. As thread-safe as the clock.
 */
final class ScriptedCallers {
    private static final Duration NO_TIMEOUT = Duration.ofDays(36_500);

    private final RunClock clock;
    private final RequestRecords records;
    private final Function<GenerationRequest, Generation> server;
    private final Runnable ended;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /**
     * @param clock when requests come and calls return
     * @param records of the workload
     * @param server takes requests
     * @param ended run after the end of every request, once the records know of it
     */
    ScriptedCallers(RunClock clock, RequestRecords records, Function<GenerationRequest, Generation> server,
            Runnable ended) {
        this.clock = clock;
        this.records = records;
        this.server = server;
        this.ended = ended;
    }

    /** Sets the arrival of every request. */
    void expect(Workload workload) {
        for (Workload.Submission submission : workload.submissions()) {
            clock.at(submission.arrivalNanos(), () -> submit(submission));
        }
    }

    /** The first failure of a request during the run, a refusal among them; none is expected. */
    Optional<Throwable> failure() {
        return Optional.ofNullable(failure.get());
    }

    /** The id by which callers and predictors know a submission; unique within its workload. */
    static String name(Workload.Submission submission) {
        return submission.request().id() + "#" + submission.id();
    }

    private void submit(Workload.Submission submission) {
        int number = Math.toIntExact(submission.id());
        TraceRequest script = submission.request();
        int[] prompt = new int[script.promptTokens()];
        Arrays.fill(prompt, ScriptTokens.prompt(number));
        records.arrived(number);
        GenerationRequest.Builder request = GenerationRequest.tokens(prompt).id(name(submission)).kind(script.kind())
                .tools(tools(number, script)).priority(script.priority())
                .sampling(SamplingOptions.builder().maxTokens(Integer.MAX_VALUE).build());
        script.objective().ifPresent(request::serviceLevel);
        script.session().ifPresent(request::sessionKey);
        Generation generation;
        try {
            generation = server.apply(request.build());
        } catch (RuntimeException e) {
            failed(e);
            throw e;
        }
        generation.result().whenComplete((result, problem) -> {
            if (problem == null) {
                records.ended(number, result);
            } else {
                failed(problem);
            }
            ended.run();
        });
    }

    /** What fails when the run is over, because the server has closed, is none of its business. */
    private void failed(Throwable problem) {
        if (!records.isClosed()) {
            failure.compareAndSet(null, problem);
        }
    }

    private Tool[] tools(int number, TraceRequest script) {
        Map<String, Tool> tools = new LinkedHashMap<>();
        for (TraceSegment segment : script.segments()) {
            segment.call().map(Scripts::toolName).ifPresent(name -> tools.computeIfAbsent(name,
                    key -> new Tool(new ToolSpec(key, "", "{}"), (call, context) -> call(number, script, call.id()),
                            NO_TIMEOUT)));
        }
        return tools.values().toArray(Tool[]::new);
    }

    /** The call's place is in its id, as the loop gives it: call_segment_index. */
    private CompletionStage<ToolResult> call(int number, TraceRequest script, String id) {
        int segment = Integer.parseInt(id.substring(id.indexOf('_') + 1, id.lastIndexOf('_')));
        TraceCall call = script.segments().get(segment).call().orElseThrow();
        CompletableFuture<ToolResult> result = new CompletableFuture<>();
        records.paused(number);
        clock.at(clock.nanos() + Math.round(call.seconds() * 1e9), () -> {
            records.returned(number);
            result.complete(ScriptFormat.result(segment + 1, call.returnedTokens()));
        });
        return result;
    }
}
