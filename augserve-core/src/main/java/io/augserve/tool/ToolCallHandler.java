package io.augserve.tool;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;

/**
 * Runs a tool. Called on the server's tool executor (virtual threads unless told otherwise), so blocking is fine; at most
 * once per call of the model. A handler that throws, completes exceptionally or outlives its deadline harms nobody else: the
 * model is told so and goes on.
 */
@FunctionalInterface
public interface ToolCallHandler {
    /**
     * Starts the call.
     *
     * @param call name and arguments as the model wrote them; they were JSON but need not follow the tool's schema
     * @param context deadline, cancellation and a key for deduplication
     * @return completed once with the result; further completions and late ones are ignored
     * @throws Exception any failure, told to the model
     */
    CompletionStage<ToolResult> call(ToolCall call, ToolCallContext context) throws Exception;

    /** A handler from a plain function of the arguments' JSON text to the result's text. */
    static ToolCallHandler of(UnaryOperator<String> function) {
        return (call, context) -> CompletableFuture.completedFuture(ToolResult.of(function.apply(call.arguments())));
    }
}
