package io.augserve.serving;

import io.augserve.engine.Ticker;
import io.augserve.tool.Tool;
import io.augserve.tool.ToolCall;
import io.augserve.tool.ToolCallContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call that is out: the loop's record of it and the handler's view of it. {@code answered} belongs to the loop; the rest is
 * thread-safe.
 */
final class ToolInvocation implements ToolCallContext {
    private static final Logger LOG = LoggerFactory.getLogger(ToolInvocation.class);

    final ServingRequest request;
    final int segment;
    final int index;
    final ToolCall call;
    final Tool tool;
    long deadlineNanos;
    /** Set by the loop when a result was taken: whatever comes later is dropped. */
    boolean answered;

    private final Ticker ticker;
    private final Executor executor;
    private final List<Runnable> cancelActions = new ArrayList<>();
    private long startNanos;
    private boolean cancelled;
    private boolean told;

    ToolInvocation(ServingRequest request, int index, ToolCall call, Tool tool, Ticker ticker, Executor executor) {
        this.request = request;
        this.segment = request.ownSegment();
        this.index = index;
        this.call = call;
        this.tool = tool;
        this.ticker = ticker;
        this.executor = executor;
        begin();
    }

    /** The call is handed to its tool; its time runs from now on. */
    void begin() {
        startNanos = ticker.nanos();
        deadlineNanos = startNanos + saturatedNanos(tool.timeout());
    }

    /** Nanoseconds since then. */
    long elapsed() {
        return ticker.nanos() - startNanos;
    }

    /** A tool that may take for ever still has a deadline: a hundred years keep the sum within a long. */
    private static long saturatedNanos(Duration timeout) {
        Duration most = Duration.ofDays(36_500);
        return (timeout.compareTo(most) > 0 ? most : timeout).toNanos();
    }

    @Override
    public String idempotencyKey() {
        return request.name() + "/" + segment + "/" + index + "/" + call.name() + "/" + hash(call.arguments());
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-256", e);
        }
    }

    @Override
    public Duration remaining() {
        return Duration.ofNanos(Math.max(0, deadlineNanos - ticker.nanos()));
    }

    /** Whether this is the first answer: a handler may have many, the inbox takes one. */
    synchronized boolean tell() {
        boolean first = !told;
        told = true;
        return first;
    }

    @Override
    public synchronized boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void onCancel(Runnable action) {
        synchronized (this) {
            if (!cancelled) {
                cancelActions.add(action);
                return;
            }
        }
        run(action);
    }

    /** The answer is not wanted any more. */
    void cancel() {
        List<Runnable> actions;
        synchronized (this) {
            if (cancelled) {
                return;
            }
            cancelled = true;
            actions = List.copyOf(cancelActions);
            cancelActions.clear();
        }
        actions.forEach(this::run);
    }

    private void run(Runnable action) {
        try {
            executor.execute(() -> {
                try {
                    action.run();
                } catch (Throwable e) {
                    LOG.warn("onCancel of {} failed", idempotencyKey(), e);
                }
            });
        } catch (RuntimeException rejected) {
            LOG.warn("onCancel of {} could not run", idempotencyKey(), rejected);
        }
    }
}
