package io.augserve.examples.openai;

import static java.util.Objects.requireNonNull;

import io.augserve.AugServe;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Serves an {@link AugServe} over HTTP as OpenAI's API does: {@code /v1/chat/completions}, {@code /v1/completions}, {@code /v1/models},
 * {@code /health}, and if they are given {@code /metrics} and a page to look at. Clients run their tools themselves. Thread-safe.
 *
 * <pre>{@code
 * try (OpenAiServer http = OpenAiServer.builder(server).port(8080).start()) {
 *     System.out.println(http.uri());
 *     ...
 * }
 * }</pre>
 */
public final class OpenAiServer implements AutoCloseable {
    /** How long the cancelled may take to say so. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private final Duration closeGrace;
    private final Gate gate;
    private final Optional<LiveFeed> live;
    private final ExecutorService handlers;
    private final Listener listener;

    private OpenAiServer(Builder builder) throws IOException {
        closeGrace = builder.closeGrace;
        gate = new Gate(builder.limits.maxConcurrent());
        handlers = Executors.newVirtualThreadPerTaskExecutor();
        AugServe server = builder.server;
        ModelCard model = new ModelCard(builder.modelId.orElseGet(() -> server.engineSpec().model()),
                System.currentTimeMillis() / 1000, server.engineSpec(), server.chatFormat());
        live = builder.live;
        Routes routes = new Routes(model, gate, builder.limits).completions(server, builder.lendsTools);
        builder.metrics.ifPresent(routes::metrics);
        live.ifPresent(routes::page);
        Router router = new Router(routes.all(), builder.apiKey);
        listener = Listener.open(new InetSocketAddress(builder.host, builder.port), router, handlers, builder.limits);
        live.ifPresent(LiveFeed::start);
    }

    /**
     * Starts an endpoint's description.
     *
     * @param server answers; stays the caller's, who closes it after the endpoint
     */
    public static Builder builder(AugServe server) {
        return new Builder(server);
    }

    /** The port that it listens on. */
    public int port() {
        return listener.address().getPort();
    }

    /** Where it listens, such as {@code http://127.0.0.1:8080}. */
    public String uri() {
        String host = listener.address().getAddress().getHostAddress();
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port();
    }

    /** Completions that are being made. */
    public int inFlight() {
        return gate.size();
    }

    /** As {@link #close(Duration)} with the grace of the builder. */
    @Override
    public void close() {
        close(closeGrace);
    }

    /**
     * Takes no more connections, refuses new requests with 503, lets those that are being answered end within a grace, and cancels the
     * rest, whose clients are told. An interrupt ends the grace. Idempotent.
     *
     * @param grace zero to cancel at once; not negative
     */
    public void close(Duration grace) {
        gate.close();
        listener.refuse();
        boolean interrupted = false;
        try {
            if (!gate.awaitEmpty(grace)) {
                gate.cancelAll();
                gate.awaitEmpty(LAST_WORDS);
            }
        } catch (InterruptedException e) {
            interrupted = true;
            gate.cancelAll();
        }
        live.ifPresent(LiveFeed::stop);
        listener.close();
        handlers.shutdown();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Sets what differs from the defaults. */
    public static final class Builder {
        private static final int MOST_PORT = 65_535;

        private final AugServe server;
        private InetAddress host = InetAddress.getLoopbackAddress();
        private int port;
        private Optional<String> modelId = Optional.empty();
        private Optional<String> apiKey = Optional.empty();
        private HttpLimits limits = HttpLimits.DEFAULT;
        private boolean lendsTools;
        private Optional<Supplier<String>> metrics = Optional.empty();
        private Optional<LiveFeed> live = Optional.empty();
        private Duration closeGrace = Duration.ofSeconds(30);

        private Builder(AugServe server) {
            this.server = requireNonNull(server, "server");
        }

        /** The address to listen on. Default: loopback, so that nobody else's machine gets through. */
        public Builder host(InetAddress value) {
            host = requireNonNull(value, "host");
            return this;
        }

        /**
         * Default 0: any that is free.
         *
         * @throws IllegalArgumentException unless 0 to 65535
         */
        public Builder port(int value) {
            if (value < 0 || value > MOST_PORT) {
                throw new IllegalArgumentException("port: expected 0 to 65535, got " + value);
            }
            port = value;
            return this;
        }

        /** The name by which clients ask for the model. Default: the engine's. */
        public Builder modelId(String value) {
            modelId = Optional.of(value);
            return this;
        }

        /**
         * The key that clients must send as {@code Authorization: Bearer KEY}, for all but {@code /health} and the page. Default: none.
         *
         * @throws IllegalArgumentException if it is blank
         */
        public Builder apiKey(String value) {
            if (value.isBlank()) {
                throw new IllegalArgumentException("apiKey: expected a key, got a blank one");
            }
            apiKey = Optional.of(value);
            return this;
        }

        /** Default {@link HttpLimits#DEFAULT}. */
        public Builder limits(HttpLimits value) {
            limits = requireNonNull(value, "limits");
            return this;
        }

        /**
         * Whether chats that bring no tools may use the server's own, which run in this JVM; the answer is then that of the last turn with
         * the texts of those before. Default false: such chats call nothing.
         */
        public Builder lendTools(boolean value) {
            lendsTools = value;
            return this;
        }

        /** What {@code /metrics} answers, in Prometheus' text format; called for each request. Default: there is no such page. */
        public Builder metrics(Supplier<String> value) {
            metrics = Optional.of(value);
            return this;
        }

        /** Shows at {@code /} what the server is doing; the same object must observe the server. Default: there is no such page. */
        public Builder live(LiveFeed value) {
            live = Optional.of(value);
            return this;
        }

        /** How long {@link OpenAiServer#close()} lets requests end by themselves. Default 30 s. */
        public Builder closeGrace(Duration value) {
            if (value.isNegative()) {
                throw new IllegalArgumentException("closeGrace: expected >= 0, got " + value);
            }
            closeGrace = value;
            return this;
        }

        /**
         * Opens the endpoint.
         *
         * @throws IOException if it cannot listen there; the message says where and why
         */
        public OpenAiServer start() throws IOException {
            return new OpenAiServer(this);
        }
    }
}
