package io.augserve.serving;

import io.augserve.tool.ToolResult;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.NavigableSet;
import java.util.SequencedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands calls to their tools and keeps their deadlines. A handler runs on the tool executor; its answer comes back as a message.
 * Whatever a handler does (throw, answer twice, answer late, return nothing) becomes at most one result.
 */
final class ToolDispatcher {
    private final Executor executor;
    private final Inbox inbox;
    /** Calls that are out, the next deadline first; the second key tells calls with the same deadline apart. */
    private final NavigableSet<ToolInvocation> out = new TreeSet<>(
            Comparator.<ToolInvocation>comparingLong(invocation -> invocation.deadlineNanos)
                    .thenComparingLong(invocation -> invocation.request.id())
                    .thenComparingInt(invocation -> invocation.index));

    /** Calls that have to wait, in the order of their turns; bounded by the requests in the house. */
    private final SequencedSet<ToolInvocation> waiting = new LinkedHashSet<>();
    private final int maxOut;
    private final int maxResultChars;

    ToolDispatcher(Executor executor, Inbox inbox, LoopLimits limits) {
        this.executor = executor;
        this.inbox = inbox;
        this.maxOut = limits.maxToolsInFlight();
        this.maxResultChars = limits.maxToolResultChars();
    }

    /** Starts a call, or lets it wait until fewer are out; the loop will get one message about it. */
    void start(ToolInvocation invocation) {
        if (out.size() < maxOut) {
            handOver(invocation);
        } else {
            waiting.add(invocation);
        }
    }

    private void handOver(ToolInvocation invocation) {
        invocation.begin();
        out.add(invocation);
        try {
            executor.execute(() -> run(invocation));
        } catch (RuntimeException rejected) {
            answer(invocation, ToolResult.failure("the tool '" + invocation.call.name() + "' could not be started"));
        }
    }

    private void run(ToolInvocation invocation) {
        if (invocation.isCancelled()) {
            return;
        }
        try {
            CompletionStage<ToolResult> stage = invocation.tool.handler().call(invocation.call, invocation);
            if (stage == null) {
                answer(invocation, ToolResult.failure("the tool '" + invocation.call.name() + "' returned nothing"));
                return;
            }
            stage.whenComplete((result, thrown) -> answer(invocation, outcome(invocation, result, thrown)));
        } catch (Throwable e) {
            // An error too: on the loop's own thread, where an executor may run it, it would end everybody.
            answer(invocation, thrown(e));
        }
    }

    private ToolResult outcome(ToolInvocation invocation, @Nullable ToolResult result,
            @Nullable Throwable thrown) {
        if (thrown != null) {
            return thrown(thrown instanceof CompletionException && thrown.getCause() != null
                    ? thrown.getCause()
                    : thrown);
        }
        if (result == null) {
            return ToolResult.failure("the tool '" + invocation.call.name() + "' returned nothing");
        }
        return result.text().length() <= maxResultChars
                ? result
                : ToolResult.failure("the tool '" + invocation.call.name() + "' returned " + result.text().length()
                        + " characters: expected at most " + maxResultChars);
    }

    private static ToolResult thrown(Throwable e) {
        String message = e.getMessage();
        return ToolResult.failure(message == null || message.isBlank() ? e.getClass().getSimpleName() : message);
    }

    private void answer(ToolInvocation invocation, ToolResult result) {
        if (invocation.tell()) {
            inbox.put(new Message.ToolReturned(invocation, result));
        }
    }

    /** A result was taken: whatever comes later is dropped. */
    void settle(ToolInvocation invocation) {
        invocation.answered = true;
        if (out.remove(invocation)) {
            while (out.size() < maxOut && !waiting.isEmpty()) {
                handOver(waiting.removeFirst());
            }
        } else {
            waiting.remove(invocation);
        }
    }

    /** Calls that are with their handlers. */
    int out() {
        return out.size();
    }

    /** Nobody waits for the answers any more. */
    void abandon(Pause pause) {
        // Those that wait go first, lest one be handed over because another one goes.
        waiting.removeAll(pause.invocations);
        for (ToolInvocation invocation : pause.invocations) {
            if (!invocation.answered) {
                settle(invocation);
                invocation.cancel();
            }
        }
    }

    /** Tells the loop, which settles it, of every call whose time is up; returns how many. */
    int expire(long now, Consumer<ToolInvocation> timedOut) {
        int expired = 0;
        while (!out.isEmpty() && out.first().deadlineNanos - now <= 0) {
            timedOut.accept(out.first());
            expired++;
        }
        return expired;
    }

    /** Nanoseconds until the next deadline; {@link Long#MAX_VALUE} if no call is out. */
    long untilNextDeadline(long now) {
        return out.isEmpty() ? Long.MAX_VALUE : Math.max(0, out.first().deadlineNanos - now);
    }
}
