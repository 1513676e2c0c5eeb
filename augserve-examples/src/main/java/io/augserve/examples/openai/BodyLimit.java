package io.augserve.examples.openai;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;

/**
 * Collects a request's body up to a limit. What is larger is answered at once and read to its end without being kept, since a client that
 * is cut off while it sends does not see its answer.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Whatever a write or a close fails at, the connection ends and says so.
final class BodyLimit extends HttpObjectAggregator {
    BodyLimit(int most) {
        super(most);
    }

    @Override
    protected void handleOversizedMessage(ChannelHandlerContext context, HttpMessage message) {
        context.writeAndFlush(response(tooLarge(maxContentLength()), false));
    }

    /** To a client that asks before it sends. */
    @Override
    protected Object newContinueResponse(HttpMessage start, int most, ChannelPipeline pipeline) {
        Object response = super.newContinueResponse(start, most, pipeline);
        return HttpUtil.is100ContinueExpected(start) && HttpUtil.getContentLength(start, -1L) > most
                ? response(tooLarge(most), false)
                : response;
    }

    private static ApiException tooLarge(int most) {
        return ApiException.tooLarge("The body is too large: expected at most " + most + " bytes.");
    }

    /** An answer to a request that no {@link Exchange} was made for. */
    static FullHttpResponse response(ApiException e, boolean closes) {
        byte[] body = e.toJson().toString().getBytes(StandardCharsets.UTF_8);
        FullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(e.status()), Unpooled.wrappedBuffer(body));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
                .set(HttpHeaderNames.CONTENT_LENGTH, body.length).set(Exchange.REQUEST_ID, Ids.next("req_"));
        if (closes) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
        }
        return response;
    }
}
