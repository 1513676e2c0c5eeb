package io.augserve.examples.openai;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * How long a connection is waited for: for a while without a request, and for less from a request's first byte to its last. While an answer
 * is made there is no limit here. First in the pipeline; on the connection's thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Whatever a write or a close fails at, the connection ends and says so.
final class Patience extends ChannelInboundHandlerAdapter {
    private final Duration idleTime;
    private final Duration requestTime;
    private State state = State.IDLE;
    private @Nullable Future<?> timer;

    private enum State {
        IDLE, RECEIVING, ANSWERING
    }

    Patience(Duration idleTime, Duration requestTime) {
        this.idleTime = idleTime;
        this.requestTime = requestTime;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        arm(context, idleTime);
        context.fireChannelActive();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        if (state == State.IDLE) {
            state = State.RECEIVING;
            arm(context, requestTime);
        }
        context.fireChannelRead(bytes);
    }

    /** The request is here. */
    void received() {
        state = State.ANSWERING;
        disarm();
    }

    /** Its answer has been written. */
    void answered(ChannelHandlerContext context) {
        state = State.IDLE;
        arm(context, idleTime);
    }

    private void arm(ChannelHandlerContext context, Duration time) {
        disarm();
        timer = context.executor().schedule(() -> {
            if (state == State.RECEIVING) {
                context.pipeline().fireUserEventTriggered(ApiException.tooSlow());
            } else {
                context.close();
            }
        }, time.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void disarm() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        disarm();
        context.fireChannelInactive();
    }
}
