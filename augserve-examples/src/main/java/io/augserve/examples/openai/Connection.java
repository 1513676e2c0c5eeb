package io.augserve.examples.openai;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection: a request at a time, in the order in which they came, each handled on a thread of its own. It goes on reading while an
 * answer is made, which is how it learns that the client has left. On the connection's thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Whatever a write or a close fails at, the connection ends and says so.
final class Connection extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(Connection.class);
    /** Requests sent ahead of their answers. */
    private static final int MOST_AHEAD = 16;

    private final Router router;
    private final Executor executor;
    private final Patience patience;
    private final Deque<FullHttpRequest> ahead = new ArrayDeque<>();
    private @Nullable Exchange current;

    Connection(Router router, Executor executor, Patience patience) {
        this.router = router;
        this.executor = executor;
        this.patience = patience;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        if (current == null) {
            begin(context, request);
        } else if (ahead.size() < MOST_AHEAD) {
            ahead.add(request.retain());
        } else {
            context.close();
        }
    }

    private void begin(ChannelHandlerContext context, FullHttpRequest request) {
        patience.received();
        Exchange exchange = new Exchange(context.channel(), request);
        current = exchange;
        CompletableFuture<Void> _ = exchange.ended()
                .thenRun(() -> context.executor().execute(() -> ended(context, exchange)));
        DecoderResult decoded = request.decoderResult();
        if (decoded.isFailure()) {
            // Where the next request would begin is not known.
            exchange.closeAfterwards();
            exchange.fail(malformed(decoded.cause()));
        } else {
            executor.execute(() -> router.handle(exchange));
        }
    }

    private static ApiException malformed(Throwable cause) {
        return switch (cause) {
            case TooLongHttpLineException _ -> ApiException.headTooLong(414, "The URL is too long.");
            case TooLongHttpHeaderException _ -> ApiException.headTooLong(431, "The headers are too long.");
            default -> ApiException.malformed("The request is not well-formed HTTP.");
        };
    }

    private void ended(ChannelHandlerContext context, Exchange exchange) {
        current = null;
        if (!exchange.keepsAlive() || !context.channel().isActive()) {
            context.close();
            return;
        }
        FullHttpRequest next = ahead.poll();
        if (next == null) {
            patience.answered(context);
            return;
        }
        try {
            begin(context, next);
        } finally {
            next.release();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ApiException e) {
            context.writeAndFlush(BodyLimit.response(e, true))
                    .addListener(future -> context.close());
        } else {
            context.fireUserEventTriggered(event);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        ahead.forEach(FullHttpRequest::release);
        ahead.clear();
        if (current != null) {
            current.leave();
        }
        context.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        LOG.debug("connection {} failed", context.channel(), cause);
        context.close();
    }
}
