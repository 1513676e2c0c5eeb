package io.augserve.examples.openai;

import com.google.gson.JsonObject;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * An answer of server-sent events. Nothing is sent before the first event, so that a request that fails until then is answered with its
 * status. Thread-safe: events of several threads are not mixed.
 */
final class EventStream {
    private static final String DONE = "data: [DONE]\n\n";

    private final Exchange exchange;
    private boolean begun;
    private boolean over;

    EventStream(Exchange exchange) {
        this.exchange = exchange;
    }

    /** Sends an event; the future tells when it left for the client. Empty if the stream is over. */
    synchronized Optional<ChannelFuture> send(JsonObject event) {
        if (over || !begin()) {
            return Optional.empty();
        }
        return Optional.of(exchange.write(new DefaultHttpContent(buffer(data(event)))));
    }

    private boolean begin() {
        if (!begun) {
            begun = true;
            over = !exchange.beginEvents();
        }
        return !over;
    }

    /** Ends the stream as OpenAI's streams end. */
    synchronized void done() {
        if (!over && begin()) {
            over = true;
            exchange.end(new DefaultLastHttpContent(buffer(DONE)));
        }
    }

    /** Ends the stream without an end mark, or answers with the error if nothing was sent. */
    synchronized void fail(ApiException e) {
        if (over) {
            return;
        }
        over = true;
        if (begun) {
            exchange.end(new DefaultLastHttpContent(buffer(data(e.toJson()))));
        } else {
            exchange.fail(e);
        }
    }

    /** Ends a stream that has no end mark. */
    synchronized void close() {
        if (!over && begin()) {
            over = true;
            exchange.end(LastHttpContent.EMPTY_LAST_CONTENT);
        }
    }

    private static String data(JsonObject event) {
        return "data: " + event + "\n\n";
    }

    private static ByteBuf buffer(String text) {
        return Unpooled.wrappedBuffer(text.getBytes(StandardCharsets.UTF_8));
    }
}
