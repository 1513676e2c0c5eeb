package io.augserve.examples.openai;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.Limits;
import java.io.IOException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is wrong with a request: an answer in OpenAI's shape that says what, and the server lives on. */
@Timeout(60)
class MalformedHttpTest {
    private static final String CHAT = "/v1/chat/completions";
    private static final int MAX_BODY = 20_000;
    private static SmallModel model;

    @BeforeAll
    static void open() throws IOException {
        model = SmallModel.open(Limits.DEFAULT, builder -> builder.limits(HttpLimits.DEFAULT.withMaxBodyBytes(MAX_BODY)
                .withMaxMessages(20).withTimes(Duration.ofSeconds(75), Duration.ofSeconds(2), Duration.ofSeconds(60))));
    }

    @AfterAll
    static void close() {
        model.close();
    }

    @AfterEach
    void theServerLivesOn() throws Exception {
        assertThat(model.get("/health").statusCode()).isEqualTo(200);
        model.awaitEmpty();
    }

    private static RawHttp.Answer post(String path, String body) throws IOException {
        try (RawHttp raw = new RawHttp(model)) {
            return raw.post(path, body).answer();
        }
    }

    private static String chat(String members) {
        return "{\"model\": \"tiny-tools\", \"messages\": [{\"role\": \"user\", \"content\": \"Hi\"}], \"max_tokens\": 2"
                + (members.isEmpty() ? "" : ", " + members) + "}";
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "nonsense", "{\"model\": 1,}", "{\"model\": \"tiny-tools\"} {}",
            "{'model': 'x'}",
            "\"text\"", "null", "{\"a\": 01}", "\u0000", "{\"a\": \"\\ud8zz\"}", "{\"a\": NaN}", "{a: 1}"})
    void badJson(String body) throws IOException {
        RawHttp.Answer answer = post(CHAT, body);
        assertThat(answer.status()).isEqualTo(400);
        answer.error();
    }

    @Test
    void deepJson() throws IOException {
        for (String body : new String[]{"[".repeat(9_000), "{\"a\":".repeat(3_000),
                "{\"model\": \"tiny-tools\", \"messages\": " + "[".repeat(5_000) + "]".repeat(5_000) + "}"}) {
            RawHttp.Answer answer = post(CHAT, body);
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.message()).contains("not valid JSON");
        }
    }

    @Test
    void aBodyThatIsNotText() throws IOException {
        try (RawHttp raw = new RawHttp(model)) {
            RawHttp.Answer answer = raw.send("POST " + CHAT
                    + " HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n")
                    .send(new byte[]{(byte) 0xff, (byte) 0xfe}).answer();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.message()).contains("UTF-8");
        }
    }

    static Stream<Arguments> wrongMembers() {
        return Stream.of(Arguments.of("{}", 400, "model"), Arguments.of("{\"model\": 7}", 400, "model"),
                Arguments.of("{\"model\": \"gpt-5\"}", 404, "model"),
                Arguments.of("{\"model\": \"tiny-tools\"}", 400, "messages"),
                Arguments.of("{\"model\": \"tiny-tools\", \"messages\": []}", 400, "messages"),
                Arguments.of("{\"model\": \"tiny-tools\", \"messages\": {}}", 400, "messages"),
                Arguments.of("{\"model\": \"tiny-tools\", \"messages\": [7]}", 400, "messages[0]"),
                Arguments.of(messages("{\"role\": \"user\"}"), 400, "messages[0].content"),
                Arguments.of(messages("{\"role\": \"nobody\", \"content\": \"\"}"), 400, "messages[0].role"),
                Arguments.of(messages("{\"role\": \"user\", \"content\": 7}"), 400, "messages[0].content"),
                Arguments.of(messages("{\"role\": \"user\", \"content\": [{\"type\": \"image_url\"}]}"), 400,
                        "messages[0].content[0].type"),
                Arguments.of(messages("{\"role\": \"user\", \"content\": \"a\"}, "
                        + "{\"role\": \"system\", \"content\": \"b\"}"), 400, "messages[1].role"),
                Arguments.of(messages("{\"role\": \"tool\", \"tool_call_id\": \"x\", \"content\": \"b\"}"), 400,
                        "messages[0].role"),
                Arguments.of(messages("{\"role\": \"assistant\"}"), 400, "messages[0].content"),
                Arguments.of(messages(CALLING), 400, "messages"),
                Arguments.of(messages(CALLING + ", {\"role\": \"user\", \"content\": \"b\"}"), 400, "messages[1].role"),
                Arguments.of(messages(CALLING + ", {\"role\": \"tool\", \"tool_call_id\": \"y\", \"content\": \"b\"}"),
                        400, "messages[1].tool_call_id"),
                Arguments.of(chat("\"temperature\": \"hot\""), 400, "temperature"),
                Arguments.of(chat("\"temperature\": -1"), 400, "temperature"),
                Arguments.of(chat("\"temperature\": 1e999"), 400, "temperature"),
                Arguments.of(chat("\"top_p\": 0"), 400, "top_p"), Arguments.of(chat("\"n\": 0"), 400, "n"),
                Arguments.of(chat("\"n\": 17"), 400, "n"), Arguments.of(chat("\"n\": 1.5"), 400, "n"),
                Arguments.of(chat("\"max_completion_tokens\": 0"), 400, "max_completion_tokens"),
                Arguments.of(chat("\"presence_penalty\": 3"), 400, "presence_penalty"),
                Arguments.of(chat("\"stop\": [\"\"]"), 400, "stop"), Arguments.of(chat("\"stop\": 1"), 400, "stop"),
                Arguments.of(chat("\"seed\": 1e400"), 400, "seed"),
                Arguments.of(chat("\"logit_bias\": {\"x\": 1}"), 400, "logit_bias.x"),
                Arguments.of(chat("\"logit_bias\": {\"99999\": 1}"), 400, "logit_bias.99999"),
                Arguments.of(chat("\"logit_bias\": {\"5\": 101}"), 400, "logit_bias.5"),
                Arguments.of(chat("\"top_logprobs\": 2"), 400, "top_logprobs"),
                Arguments.of(chat("\"logprobs\": true, \"top_logprobs\": 21"), 400, "top_logprobs"),
                Arguments.of(chat("\"stream\": 1"), 400, "stream"),
                Arguments.of(chat("\"stream_options\": {}"), 400, "stream_options"),
                Arguments.of(chat("\"tools\": [{\"type\": \"retrieval\"}]"), 400, "tools[0].type"),
                Arguments.of(chat("\"tools\": [{\"type\": \"function\"}]"), 400, "tools[0].function"),
                Arguments.of(chat("\"tools\": [{\"type\": \"function\", \"function\": {\"name\": \"a b\"}}]"), 400,
                        "tools[0].function.name"),
                Arguments.of(chat("\"tool_choice\": \"required\""), 400, "tool_choice"),
                Arguments.of(chat("\"tool_choice\": \"perhaps\""), 400, "tool_choice"),
                Arguments.of(chat("\"tool_choice\": {\"type\": \"function\", \"function\": {\"name\": \"x\"}}"), 400,
                        "tool_choice.function.name"),
                Arguments.of(chat("\"response_format\": {\"type\": \"yaml\"}"), 400, "response_format.type"),
                Arguments.of(chat("\"response_format\": {\"type\": \"json_schema\"}"), 400,
                        "response_format.json_schema"),
                Arguments.of(chat("\"functions\": []"), 400, "functions"),
                Arguments.of(chat("\"audio\": {}"), 400, "audio"), Arguments.of(chat("\"store\": true"), 400, "store"),
                Arguments.of(chat("\"modalities\": [\"audio\"]"), 400, "modalities"),
                Arguments.of(chat("\"guided_regex\": \"a\""), 400, "guided_regex"));
    }

    private static final String CALLING = "{\"role\": \"assistant\", \"content\": null, \"tool_calls\": [{\"id\": \"x\", "
            + "\"type\": \"function\", \"function\": {\"name\": \"get_weather\", \"arguments\": \"{}\"}}]}";

    private static String messages(String messages) {
        return "{\"model\": \"tiny-tools\", \"messages\": [" + messages + "]}";
    }

    @ParameterizedTest
    @MethodSource("wrongMembers")
    void theMemberThatIsWrongIsNamed(String body, int status, String param) throws IOException {
        RawHttp.Answer answer = post(CHAT, body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.param()).isEqualTo(param);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {"\"prompt\": 7|prompt", "\"prompt\": []|prompt",
            "\"prompt\": [99999]|prompt", "\"prompt\": \"\"|prompt", "\"prompt\": [[]]|prompt[0]", "\"x\": 1|prompt",
            "\"prompt\": \"a\", \"echo\": true|echo", "\"prompt\": \"a\", \"suffix\": \"b\"|suffix",
            "\"prompt\": \"a\", \"best_of\": 2|best_of", "\"prompt\": [\"a\", \"b\"], \"n\": 16|prompt"})
    void textCompletions(String members, String param) throws IOException {
        RawHttp.Answer answer = post("/v1/completions", "{\"model\": \"tiny-tools\", " + members + "}");
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.param()).isEqualTo(param);
    }

    @Test
    void unknownMembersAreIgnored() throws IOException {
        assertThat(post(CHAT,
                chat("\"temperature\": 0, \"user\": \"me\", \"metadata\": {\"a\": \"b\"}, \"nonsense\": [1], "
                        + "\"top_k\": -1, \"min_p\": 0.1, \"repetition_penalty\": 1.1, \"stop\": null, \"seed\": 5, "
                        + "\"tool_choice\": \"none\""))
                .status()).isEqualTo(200);
    }

    @Test
    void tooManyMessages() throws IOException {
        String one = "{\"role\": \"user\", \"content\": \"a\"}";
        RawHttp.Answer answer = post(CHAT, messages(one + (", " + one).repeat(20)));
        assertThat(answer.status()).isEqualTo(413);
        assertThat(answer.message()).contains("21").contains("20");
    }

    @Test
    void aHugeBodyIsAnsweredAndTheConnectionGoesOn() throws IOException {
        try (RawHttp raw = new RawHttp(model)) {
            RawHttp.Answer answer = raw.post(CHAT, chat("\"x\": \"" + "x".repeat(MAX_BODY) + "\"")).answer();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.message()).contains("20000 bytes");
            assertThat(raw.post(CHAT, chat("")).answer().status()).isEqualTo(200);
        }
    }

    @Test
    void aHugeBodyIsRefusedBeforeItIsSentIfTheClientAsks() throws IOException {
        try (RawHttp raw = new RawHttp(model)) {
            raw.send("POST " + CHAT
                    + " HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 99999999\r\n\r\n");
            assertThat(raw.answer().status()).isEqualTo(413);
        }
    }

    @Test
    void chunkedGarbage() throws IOException {
        try (RawHttp raw = new RawHttp(model)) {
            raw.send("POST " + CHAT + " HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
                    + "transfer-encoding: chunked\r\n\r\n5\r\n{\"mod\r\nGARBAGE\r\n\r\n");
            RawHttp.Answer answer = raw.answer();
            assertThat(answer.status()).isEqualTo(400);
            answer.error();
            assertThat(raw.isClosed()).isTrue();
        }
    }

    @Test
    void noHttpAtAll() throws IOException {
        try (RawHttp raw = new RawHttp(model)) {
            RawHttp.Answer answer = raw.send("\u0016\u0003\u0001 hello\r\n\r\n").answer();
            assertThat(answer.status()).isEqualTo(400);
            answer.error();
            assertThat(raw.isClosed()).isTrue();
        }
    }

    @Test
    void aHeadThatIsTooLong() throws IOException {
        try (RawHttp raw = new RawHttp(model)) {
            assertThat(raw.send("GET /" + "x".repeat(9_000) + " HTTP/1.1\r\nhost: x\r\n\r\n").answer().status())
                    .isEqualTo(414);
        }
        try (RawHttp raw = new RawHttp(model)) {
            assertThat(raw.send("GET / HTTP/1.1\r\nhost: " + "x".repeat(40_000) + "\r\n\r\n").answer().status())
                    .isEqualTo(431);
        }
    }

    @Test
    void aRequestThatDoesNotComeToItsEnd() throws IOException {
        try (RawHttp raw = new RawHttp(model)) {
            raw.send("POST " + CHAT
                    + " HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{");
            RawHttp.Answer answer = raw.answer();
            assertThat(answer.status()).isEqualTo(408);
            answer.error();
            assertThat(raw.isClosed()).isTrue();
        }
    }

    @Test
    void otherTypesOfBodies() throws Exception {
        try (RawHttp raw = new RawHttp(model)) {
            RawHttp.Answer answer = raw.send("POST " + CHAT + " HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\n"
                    + "content-length: 2\r\n\r\n{}").answer();
            assertThat(answer.status()).isEqualTo(415);
            assertThat(answer.message()).contains("text/plain").contains("application/json");
        }
    }

    @Test
    void wrongMethodsAndPaths() throws IOException {
        try (RawHttp raw = new RawHttp(model)) {
            RawHttp.Answer answer = raw.send("GET " + CHAT + " HTTP/1.1\r\nhost: x\r\n\r\n").answer();
            assertThat(answer.status()).isEqualTo(405);
            assertThat(answer.headers()).containsEntry("allow", "POST");
            answer.error();
            assertThat(raw.send("DELETE /v1/models HTTP/1.1\r\nhost: x\r\n\r\n").answer().status()).isEqualTo(405);
            answer = raw.send("GET /v1/nonsense HTTP/1.1\r\nhost: x\r\n\r\n").answer();
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.message()).contains("/v1/nonsense");
            assertThat(raw.send("GET /%zz HTTP/1.1\r\nhost: x\r\n\r\n").answer().status()).isEqualTo(400);
            assertThat(raw.send("GET /metrics HTTP/1.1\r\nhost: x\r\n\r\n").answer().status()).isEqualTo(404);
        }
    }

    @Test
    void requestIdsAreTakenOverIfTheyAreUsable() throws IOException {
        try (RawHttp raw = new RawHttp(model)) {
            assertThat(raw.send("GET /health HTTP/1.1\r\nhost: x\r\nx-request-id: my-id.7\r\n\r\n").answer().headers())
                    .containsEntry("x-request-id", "my-id.7");
            assertThat(raw.send("GET /health HTTP/1.1\r\nhost: x\r\nx-request-id: <script>\r\n\r\n").answer().headers()
                    .get("x-request-id")).startsWith("req_");
        }
    }

    @Test
    void requestsSentAheadAreAnsweredInTheirOrder() throws IOException {
        try (RawHttp raw = new RawHttp(model)) {
            raw.post(CHAT, chat(""))
                    .send("GET /health HTTP/1.1\r\nhost: x\r\n\r\nGET /v1/models HTTP/1.1\r\nhost: x\r\n\r\n");
            assertThat(raw.answer().json().get("object").getAsString()).isEqualTo("chat.completion");
            assertThat(raw.answer().json().has("status")).isTrue();
            assertThat(raw.answer().json().get("object").getAsString()).isEqualTo("list");
        }
    }

    /** The engine has no grammar of this shape, or none at all: it says so before any work is done. */
    @Test
    void aSchemaThatTheEngineCannotKeep() throws IOException {
        RawHttp.Answer answer = post(CHAT, chat("\"response_format\": {\"type\": \"json_schema\", \"json_schema\": "
                + "{\"name\": \"x\", \"schema\": {\"type\": \"string\", \"pattern\": \"(?=a)b\", \"$ref\": \"http://x/\"}}}"));
        assertThat(answer.status()).isEqualTo(400);
        answer.error();
    }
}
