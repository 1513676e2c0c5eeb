package io.augserve.serving;

import io.augserve.serving.WorldEvent.ToolFault;
import io.augserve.tool.Tool;
import io.augserve.tool.ToolCall;
import io.augserve.tool.ToolCallContext;
import io.augserve.tool.ToolResult;
import io.augserve.tool.ToolSpec;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;

/** The tools of one client: they answer after a while, or go wrong as they are told to. */
final class WorldTools {
    private static final long MILLI = 1_000_000;

    private final World world;
    private final int client;
    private final Map<Integer, ToolFault> faults = new HashMap<>();
    private final Set<String> calls = new HashSet<>();

    WorldTools(World world, int client) {
        this.world = world;
        this.client = client;
    }

    void fail(int nth, ToolFault fault) {
        faults.put(nth, fault);
    }

    Tool[] tools() {
        Tool[] tools = new Tool[WorldModel.TOOLS];
        for (int i = 0; i < tools.length; i++) {
            tools[i] = new Tool(new ToolSpec("tool" + (i + 1), "", "{}"), this::call, timeout(i));
        }
        return tools;
    }

    /** The same for the client to run. */
    static ToolSpec[] specs() {
        ToolSpec[] specs = new ToolSpec[WorldModel.TOOLS];
        for (int i = 0; i < specs.length; i++) {
            specs[i] = new ToolSpec("tool" + (i + 1), "", "{}");
        }
        return specs;
    }

    private static Duration timeout(int tool) {
        return Duration.ofMillis(20L << (2 * tool));
    }

    private CompletionStage<ToolResult> call(ToolCall call, ToolCallContext context) {
        int nth = calls.size();
        if (!calls.add(call.id())) {
            world.trace().violation("client " + client + ": " + call.id() + " was run twice");
        }
        if (!context.idempotencyKey().contains(call.name())) {
            world.trace().violation("client " + client + ": the key is " + context.idempotencyKey());
        }
        world.trace().add(client * 31L + nth);
        CompletableFuture<ToolResult> result = new CompletableFuture<>();
        int draw = Math.floorMod(call.id().hashCode() * 31 + client * 7, 40);
        ToolFault fault = faults.get(nth);
        if (fault == null) {
            answer(result, draw < 8 ? 0 : draw * MILLI / 2, draw);
            return result;
        }
        world.trace().fault(fault);
        switch (fault) {
            case THROWS -> throw new IllegalStateException("error of the tool");
            case BREAKS -> throw new AssertionError("error in the tool");
            case NOTHING -> {
                return null;
            }
            case NO_RESULT -> result.complete(null);
            case FAILS -> result.completeExceptionally(new IllegalArgumentException("error: no"));
            case NEVER -> {
            }
            case TWICE -> {
                Twice twice = new Twice();
                world.after(draw * MILLI, () -> twice.complete(WorldModel.result(1)));
                return twice;
            }
            case LATE -> answer(result, 400 * MILLI, draw);
            case HUGE -> world.after(draw * MILLI, () -> result.complete(WorldModel.hugeResult()));
            case AFTER_CANCEL -> context.onCancel(() -> result.complete(WorldModel.result(2)));
        }
        return result;
    }

    private void answer(CompletableFuture<ToolResult> result, long nanos, int tokens) {
        if (nanos == 0) {
            result.complete(WorldModel.result(tokens));
        } else {
            world.after(nanos, () -> result.complete(WorldModel.result(tokens)));
        }
    }

    /** A stage that tells of its completion twice. */
    private static final class Twice extends CompletableFuture<ToolResult> {
        @Override
        public CompletableFuture<ToolResult> whenComplete(BiConsumer<? super ToolResult, ? super Throwable> action) {
            super.whenComplete(action);
            return super.whenComplete(action);
        }
    }
}
