package io.augserve.examples.openai;

import com.google.gson.JsonObject;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;

/**
 * One request over HTTP and its answer. The first answer counts; later ones are ignored, and so are all once the client has left.
 * Thread-safe.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Whatever a write or a close fails at, the connection ends and says so.
final class Exchange {
    /** Gives requests and answers a name that both sides can log. */
    static final String REQUEST_ID = "x-request-id";

    private static final Pattern USABLE_ID = Pattern.compile("[A-Za-z0-9._:/+=-]{1,128}");
    private static final long MILLIS_PER_SECOND = 1_000;

    private final Channel channel;
    private final HttpVersion version;
    private final String method;
    private final String uri;
    private final HttpHeaders headers;
    private final byte[] body;
    private final String requestId;
    private final AtomicBoolean answered = new AtomicBoolean();
    private final CompletableFuture<Void> gone = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile boolean keepsAlive;

    /** Copies what it needs of the request. */
    Exchange(Channel channel, FullHttpRequest request) {
        this.channel = channel;
        version = request.protocolVersion();
        method = request.method().name();
        uri = request.uri();
        headers = request.headers().copy();
        body = new byte[request.content().readableBytes()];
        request.content().getBytes(request.content().readerIndex(), body);
        keepsAlive = HttpUtil.isKeepAlive(request);
        requestId = Optional.ofNullable(headers.get(REQUEST_ID)).filter(id -> USABLE_ID.matcher(id).matches())
                .orElseGet(() -> Ids.next("req_"));
    }

    String method() {
        return method;
    }

    String uri() {
        return uri;
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    /** Taken over from the request if it has a usable one. */
    String requestId() {
        return requestId;
    }

    /**
     * The body as text.
     *
     * @throws ApiException if it is not UTF-8
     */
    String body() {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
        } catch (CharacterCodingException e) {
            throw ApiException.malformed("The body is not valid UTF-8.");
        }
    }

    /** Closes the connection after the answer. */
    void closeAfterwards() {
        keepsAlive = false;
    }

    boolean keepsAlive() {
        return keepsAlive;
    }

    /** Answers with JSON. */
    void answer(int status, JsonObject json) {
        answer(status, "application/json", json.toString().getBytes(StandardCharsets.UTF_8), Optional.empty());
    }

    /** Answers with an error. */
    void fail(ApiException e) {
        answer(e.status(), "application/json", e.toJson().toString().getBytes(StandardCharsets.UTF_8), Optional.of(e));
    }

    /** Answers with anything. */
    void answer(int status, String contentType, byte[] content, Optional<ApiException> error) {
        if (answered.getAndSet(true)) {
            return;
        }
        DefaultFullHttpResponse response = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(status), Unpooled.wrappedBuffer(content));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
        response.headers().set(HttpHeaderNames.CONTENT_LENGTH, content.length);
        error.flatMap(ApiException::retryAfter).ifPresent(after -> tellWhen(response, after));
        error.flatMap(ApiException::allowed).ifPresent(method -> response.headers().set(HttpHeaderNames.ALLOW, method));
        setCommon(response);
        channel.writeAndFlush(response).addListener(future -> ended.complete(null));
    }

    private static void tellWhen(HttpResponse response, Duration after) {
        long seconds = Math.max(1, (after.toMillis() + MILLIS_PER_SECOND - 1) / MILLIS_PER_SECOND);
        response.headers().set(HttpHeaderNames.RETRY_AFTER, seconds);
    }

    private void setCommon(HttpResponse response) {
        response.headers().set(REQUEST_ID, requestId);
        response.headers().set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        response.headers().set("x-content-type-options", "nosniff");
        HttpUtil.setKeepAlive(response.headers(), version, keepsAlive);
    }

    /** Begins an answer of server-sent events; false if there was an answer before. */
    boolean beginEvents() {
        if (answered.getAndSet(true)) {
            return false;
        }
        HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream; charset=utf-8");
        // Proxies would hold events back otherwise.
        response.headers().set("x-accel-buffering", "no");
        if (version.compareTo(HttpVersion.HTTP_1_1) >= 0) {
            HttpUtil.setTransferEncodingChunked(response, true);
        } else {
            keepsAlive = false;
        }
        setCommon(response);
        channel.write(response);
        return true;
    }

    /** Writes more of an answer that has begun; the future tells when the client's side took it. */
    ChannelFuture write(Object content) {
        return channel.writeAndFlush(content);
    }

    /** The last write of an answer that has begun. */
    void end(Object content) {
        channel.writeAndFlush(content).addListener(future -> ended.complete(null));
    }

    /** The client has left. */
    void leave() {
        gone.complete(null);
        ended.complete(null);
    }

    /** Runs once if the client leaves before its answer has ended, at once if it has left; must be quick. */
    void onGone(Runnable action) {
        CompletableFuture<Void> _ = gone.thenRun(action);
    }

    /** Completed when the answer has been written, or the client has left. */
    CompletableFuture<Void> ended() {
        return ended;
    }
}
