package io.augserve.serving;

import io.augserve.engine.ParsedCall;
import io.augserve.tool.ToolCall;
import io.augserve.tool.ToolResult;
import io.augserve.tool.ToolSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The calls with which a turn ended: what to report of each, and the result of those that no tool needs to see because their markup
 * cannot be read or they name no tool.
 *
 * @param calls in the order the model made them
 * @param ready as many, empty where a tool must run
 */
record TurnEnd(List<ToolCall> calls, List<Optional<ToolResult>> ready) {
    static TurnEnd of(ServingRequest request, int segment) {
        List<ToolCall> calls = new ArrayList<>();
        List<Optional<ToolResult>> ready = new ArrayList<>();
        for (ParsedCall parsed : request.turn.calls()) {
            String id = "call_" + segment + "_" + calls.size();
            switch (parsed) {
                case ParsedCall.Valid valid -> {
                    calls.add(new ToolCall(id, valid.name(), valid.arguments()));
                    ready.add(request.handlers.containsKey(valid.name()) || request.declared.contains(valid.name())
                            ? Optional.empty()
                            : Optional.of(unknown(valid.name(), request)));
                }
                case ParsedCall.Malformed malformed -> {
                    calls.add(new ToolCall(id, "", malformed.text()));
                    ready.add(Optional.of(ToolResult.failure(malformed.problem())));
                }
            }
        }
        return new TurnEnd(calls, ready);
    }

    private static ToolResult unknown(String name, ServingRequest request) {
        return ToolResult.failure("there is no tool '" + name + "'; the tools are "
                + request.tools().stream().map(ToolSpec::name).collect(Collectors.joining(", ")));
    }

    /** Whether one of the calls is the caller's to run: then all of them are handed over. */
    boolean isForCaller(ServingRequest request) {
        return calls.stream().map(ToolCall::name).anyMatch(request.declared::contains);
    }
}
