package io.augserve.examples.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page in a browser: it draws what the server does, complains of nothing and asks nobody else. */
@Timeout(120)
class LivePageTest {
    private static final String CHAT = """
            {"model": "tiny-tools", "messages": [{"role": "user", "content": "What is the weather where Maria Lopez lives?"}]}""";
    @TempDir
    Path profile;

    @Test
    void lanesAppear() throws Exception {
        assumeTrue(HeadlessChromium.program() != null, "Chromium is not installed: the page was not looked at");
        LiveFeed live = new LiveFeed("fcfs");
        try (SmallModel model = SmallModel.open(live);
                HeadlessChromium browser = HeadlessChromium.open(profile, false)) {
            browser.show(model.http.uri() + "/");
            List<CompletableFuture<?>> asked = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                asked.add(model.client.sendAsync(model.request("/v1/chat/completions", CHAT),
                        HttpResponse.BodyHandlers.ofString()));
            }
            CompletableFuture.allOf(asked.toArray(CompletableFuture<?>[]::new)).join();
            // Waits in the page, for the page: queued, prefill, decode, tool and again, for each of them.
            JsonObject seen = browser.value("(async () => { while (window.augserve().spans < 32 || "
                    + "window.augserve().ticks < 3) await new Promise(r => setTimeout(r, 50)); "
                    + "return window.augserve(); })()").getAsJsonObject("value");
            assertThat(seen.get("lanes").getAsInt()).isPositive();
            assertThat(browser.value("document.getElementById('of').textContent").get("value").getAsString())
                    .isEqualTo("tiny-tools · fcfs");
            assertThat(browser.complaints).isEmpty();
            assertThat(browser.requests).isNotEmpty()
                    .allMatch(uri -> uri.startsWith(model.http.uri() + "/") || uri.startsWith("data:"));
        }
    }

    @Test
    void thePageNeedsNobodyElse() throws Exception {
        LiveFeed live = new LiveFeed("fcfs");
        try (SmallModel model = SmallModel.open(live)) {
            var page = model.get("/");
            assertThat(page.statusCode()).isEqualTo(200);
            assertThat(page.headers().firstValue("content-type")).contains("text/html; charset=utf-8");
            assertThat(Pattern.compile("https?://").matcher(page.body()).find()).isFalse();
        }
    }

    @Test
    void theFeedTellsWhatHappened() throws Exception {
        LiveFeed live = new LiveFeed("fcfs");
        try (SmallModel model = SmallModel.open(live); RawHttp viewer = new RawHttp(model)) {
            assertThat(model.post("/v1/chat/completions", CHAT).statusCode()).isEqualTo(200);
            viewer.send("GET /augserve/live HTTP/1.1\r\nhost: x\r\n\r\n");
            assertThat(viewer.head()).contains("text/event-stream");
            String size = viewer.line();
            assertThat(size).matches("[0-9a-f]+");
            JsonObject frame = JsonParser.parseString(viewer.line().substring("data: ".length())).getAsJsonObject();
            List<String> phases = frame.getAsJsonArray("changes").asList().stream()
                    .map(change -> change.getAsJsonArray().get(3).getAsString()).toList();
            assertThat(phases).startsWith("QUEUED", "PREFILL", "DECODE", "TOOL").endsWith("FINISHED");
            assertThat(frame.get("inHouse").getAsInt()).isZero();
        }
    }
}
