package io.augserve.examples.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.augserve.Limits;
import io.augserve.request.ServerStats;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that leave, a server that is full, and one that closes. */
@Timeout(60)
class HttpLifecycleTest {
    private static final String CHAT = "/v1/chat/completions";
    /** Goes on until the context is full. */
    private static final String ENDLESS = """
            {"model": "tiny-tools", "messages": [{"role": "user", "content": "Tell me a joke"}], "ignore_eos": true, "stream": %s}""";

    private static void awaitRunning(SmallModel model) {
        while (model.server.stats().sampledTokens() == 0 || model.server.stats().running() == 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aClientThatLeavesWhileItReadsCancelsItsGeneration() throws IOException {
        try (SmallModel model = SmallModel.open()) {
            try (RawHttp raw = new RawHttp(model)) {
                raw.post(CHAT, ENDLESS.formatted("true"));
                assertThat(raw.head()).startsWith("HTTP/1.1 200").contains("text/event-stream");
            }
            ServerStats after = model.awaitEmpty();
            assertThat(after.finished()).isEqualTo(1);
            assertThat(after.freeBlocks()).isEqualTo(after.capacityBlocks());
            assertThat(after.sampledTokens()).isLessThan(model.server.engineSpec().maxContext() / 2);
        }
    }

    @Test
    void aClientThatLeavesBeforeItReadsAnythingCancelsItsGeneration() throws IOException {
        try (SmallModel model = SmallModel.open()) {
            try (RawHttp raw = new RawHttp(model)) {
                raw.post(CHAT, ENDLESS.formatted("false"));
                awaitRunning(model);
            }
            ServerStats after = model.awaitEmpty();
            assertThat(after.sampledTokens()).isLessThan(model.server.engineSpec().maxContext() / 2);
        }
    }

    @Test
    void aClientThatLeavesWhileItWaitsLosesItsPlace() throws IOException {
        try (SmallModel model = SmallModel.open(Limits.DEFAULT.withMaxRunning(1), UnaryOperator.identity());
                RawHttp first = new RawHttp(model)) {
            first.post(CHAT, ENDLESS.formatted("true"));
            awaitRunning(model);
            try (RawHttp second = new RawHttp(model)) {
                second.post(CHAT, ENDLESS.formatted("true"));
                while (model.server.stats().waiting() == 0) {
                    Thread.onSpinWait();
                }
            }
            while (model.server.stats().waiting() > 0) {
                Thread.onSpinWait();
            }
            first.leave();
            assertThat(model.awaitEmpty().finished()).isEqualTo(2);
        }
    }

    @Test
    void whoIsOneTooManyIsToldWhenToComeAgain() throws IOException {
        try (SmallModel model = SmallModel.open(Limits.DEFAULT,
                builder -> builder.limits(HttpLimits.DEFAULT.withMaxConcurrent(1)))) {
            expectBusy(model);
        }
        try (SmallModel model = SmallModel.open(Limits.DEFAULT.withMaxRequests(1), UnaryOperator.identity())) {
            expectBusy(model);
        }
    }

    private static void expectBusy(SmallModel model) throws IOException {
        try (RawHttp first = new RawHttp(model); RawHttp second = new RawHttp(model)) {
            first.post(CHAT, ENDLESS.formatted("true"));
            awaitRunning(model);
            RawHttp.Answer answer = second.post(CHAT, ENDLESS.formatted("true")).answer();
            assertThat(answer.status()).isEqualTo(429);
            assertThat(answer.headers()).containsEntry("retry-after", "1");
            assertThat(answer.error().get("code").getAsString()).isEqualTo("rate_limit_exceeded");
        }
        model.awaitEmpty();
    }

    @Test
    void aCloseLetsAnswersEndAndRefusesNewOnes() throws Exception {
        SmallModel model = SmallModel.open();
        try (RawHttp other = new RawHttp(model)) {
            assertThat(other.send("GET /health HTTP/1.1\r\nhost: x\r\n\r\n").answer().status()).isEqualTo(200);
            HttpRequest request = model.request(CHAT,
                    ENDLESS.formatted("false").replace("\"ignore_eos\"", "\"max_tokens\": 300, \"ignore_eos\""));
            CompletableFuture<HttpResponse<String>> running = model.client.sendAsync(request,
                    HttpResponse.BodyHandlers.ofString());
            awaitRunning(model);
            Thread closing = Thread.ofPlatform().start(() -> model.http.close(Duration.ofSeconds(40)));
            int status = 200;
            while (status == 200) {
                status = other.send("GET /health HTTP/1.1\r\nhost: x\r\n\r\n").answer().status();
            }
            assertThat(status).isEqualTo(503);
            assertThat(running.get().statusCode()).isEqualTo(200);
            closing.join();
            assertThatThrownBy(() -> new RawHttp(model)).isInstanceOf(IOException.class);
        } finally {
            model.close();
        }
    }

    @Test
    void aCloseWithoutGraceTellsTheClients() throws Exception {
        SmallModel model = SmallModel.open();
        try (RawHttp streaming = new RawHttp(model); RawHttp waiting = new RawHttp(model)) {
            streaming.post(CHAT, ENDLESS.formatted("true"));
            waiting.post(CHAT, ENDLESS.formatted("false"));
            while (model.server.stats().running() < 2) {
                Thread.onSpinWait();
            }
            streaming.head();
            model.http.close(Duration.ZERO);
            assertThat(waiting.answer().status()).isEqualTo(503);
            assertThat(streaming.rest()).contains("\"error\":").doesNotContain("[DONE]");
        } finally {
            model.close();
        }
    }

    @Test
    void aServerThatIsClosedUnderneathIsNotHealthy() throws Exception {
        SmallModel model = SmallModel.open();
        try {
            model.server.close();
            assertThat(model.get("/health").statusCode()).isEqualTo(503);
            assertThat(model.post(CHAT, ENDLESS.formatted("true")).statusCode()).isEqualTo(503);
        } finally {
            model.close();
        }
    }

    @Test
    void aKeyIsAskedForWhereItMatters() throws Exception {
        try (SmallModel model = SmallModel.open(Limits.DEFAULT,
                builder -> builder.apiKey("secret").metrics(() -> "up 1\n"))) {
            assertThat(model.get("/health").statusCode()).isEqualTo(200);
            for (String path : new String[]{"/v1/models", "/metrics", "/nonsense"}) {
                HttpResponse<String> refused = model.get(path);
                assertThat(refused.statusCode()).isEqualTo(401);
                assertThat(refused.body()).contains("invalid_api_key");
            }
            for (String key : new String[]{"secre", "secret2", ""}) {
                assertThat(get(model, "/v1/models", key).statusCode()).isEqualTo(401);
            }
            assertThat(get(model, "/v1/models", "secret").statusCode()).isEqualTo(200);
            assertThat(get(model, "/metrics", "secret").body()).isEqualTo("up 1\n");
        }
    }

    private static HttpResponse<String> get(SmallModel model, String path, String key) throws Exception {
        return model.client.send(HttpRequest.newBuilder(model.uri(path)).header("authorization", "Bearer " + key)
                .build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void aFaultHereIsOneLineWithTheRequestsId() throws Exception {
        try (SmallModel model = SmallModel.open(Limits.DEFAULT, builder -> builder.metrics(() -> {
            throw new IllegalStateException("two\nlines");
        })); RawHttp raw = new RawHttp(model)) {
            RawHttp.Answer answer = raw.send("GET /metrics HTTP/1.1\r\nhost: x\r\nx-request-id: r7\r\n\r\n").answer();
            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.message()).contains("r7").doesNotContain("lines");
            assertThat(raw.send("GET /health HTTP/1.1\r\nhost: x\r\n\r\n").answer().status()).isEqualTo(200);
        }
    }

    @Test
    void aPortThatIsTakenIsToldOf() throws IOException {
        try (SmallModel model = SmallModel.open()) {
            assertThatThrownBy(() -> OpenAiServer.builder(model.server).port(model.http.port()).start())
                    .isInstanceOf(IOException.class).hasMessageContaining("cannot listen on 127.0.0.1:"
                            + model.http.port());
        }
    }
}
