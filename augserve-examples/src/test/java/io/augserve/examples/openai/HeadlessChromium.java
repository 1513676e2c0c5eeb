package io.augserve.examples.openai;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** One page in a headless Chromium, driven over its DevTools protocol; it notes what the page asks for and complains of. */
final class HeadlessChromium implements AutoCloseable, WebSocket.Listener {
    private static final List<Path> PLACES = List.of(Path.of("/usr/bin/chromium"), Path.of("/usr/bin/chromium-browser"),
            Path.of("/usr/bin/google-chrome"));

    /** Addresses that the page asked for. */
    final ConcurrentLinkedQueue<String> requests = new ConcurrentLinkedQueue<>();
    /** What it wrote to its console, and exceptions. */
    final ConcurrentLinkedQueue<String> complaints = new ConcurrentLinkedQueue<>();

    private final Process process;
    private final HttpClient client = HttpClient.newHttpClient();
    private final Map<Integer, CompletableFuture<JsonObject>> answers = new ConcurrentHashMap<>();
    private final AtomicInteger ids = new AtomicInteger();
    private final StringBuilder message = new StringBuilder();
    private final WebSocket socket;

    private HeadlessChromium(Path program, Path profile, boolean dark) throws Exception {
        process = new ProcessBuilder(Stream
                .concat(Stream.of(program.toString(), "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
                        "--no-first-run", "--disable-background-networking", "--disable-component-update",
                        "--disable-sync", "--remote-debugging-port=0", "--window-size=1360,940",
                        "--user-data-dir=" + profile),
                        dark
                                ? Stream.of("--blink-settings=preferredColorScheme=0", "about:blank")
                                : Stream.of("about:blank"))
                .toList()).redirectErrorStream(true).start();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        String line = out.readLine();
        while (line != null && !line.startsWith("DevTools listening on ")) {
            line = out.readLine();
        }
        if (line == null) {
            throw new IOException("chromium ended before it listened");
        }
        Thread.ofVirtual().start(() -> new BufferedReader(new InputStreamReader(process.getInputStream(),
                StandardCharsets.UTF_8)).lines().forEach(ignored -> {}));
        URI browser = URI.create(line.substring(line.indexOf("ws://")));
        String pages = client.send(
                HttpRequest.newBuilder(URI.create("http://" + browser.getAuthority() + "/json/list")).build(),
                HttpResponse.BodyHandlers.ofString()).body();
        String page = JsonParser.parseString(pages).getAsJsonArray().asList().stream()
                .map(target -> target.getAsJsonObject())
                .filter(target -> target.get("type").getAsString().equals("page")).findFirst().orElseThrow()
                .get("webSocketDebuggerUrl").getAsString();
        socket = client.newWebSocketBuilder().buildAsync(URI.create(page), this).join();
        for (String domain : new String[]{"Page", "Runtime", "Log", "Network"}) {
            call(domain + ".enable", "{}");
        }
    }

    /** Where it is installed, or null. */
    static Path program() {
        return PLACES.stream().filter(Files::isExecutable).findFirst().orElse(null);
    }

    static HeadlessChromium open(Path profile, boolean dark) throws Exception {
        return new HeadlessChromium(program(), profile, dark);
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        message.append(data);
        if (last) {
            JsonObject json = JsonParser.parseString(message.toString()).getAsJsonObject();
            message.setLength(0);
            if (json.has("id")) {
                answers.remove(json.get("id").getAsInt()).complete(json);
            } else {
                note(json.get("method").getAsString(), json.getAsJsonObject("params"));
            }
        }
        from.request(1);
        return null;
    }

    private void note(String method, JsonObject params) {
        switch (method) {
            case "Network.requestWillBeSent" -> requests
                    .add(params.getAsJsonObject("request").get("url").getAsString());
            case "Runtime.consoleAPICalled", "Runtime.exceptionThrown", "Log.entryAdded" -> complaints
                    .add(params.toString());
            default -> {
                // Not of interest.
            }
        }
    }

    JsonObject call(String method, String params) throws Exception {
        int id = ids.incrementAndGet();
        CompletableFuture<JsonObject> answer = new CompletableFuture<>();
        answers.put(id, answer);
        socket.sendText("{\"id\": " + id + ", \"method\": \"" + method + "\", \"params\": " + params + "}", true)
                .join();
        return answer.get(100, TimeUnit.SECONDS);
    }

    void show(String uri) throws Exception {
        call("Page.navigate", "{\"url\": \"" + uri + "\"}");
    }

    /** The value of an expression, as JSON. */
    JsonObject value(String expression) throws Exception {
        return call("Runtime.evaluate", "{\"returnByValue\": true, \"awaitPromise\": true, \"expression\": \""
                + expression.replace("\"", "\\\"") + "\"}").getAsJsonObject("result").getAsJsonObject("result");
    }

    byte[] screenshot() throws Exception {
        return Base64.getDecoder().decode(call("Page.captureScreenshot", "{\"format\": \"png\"}")
                .getAsJsonObject("result").get("data").getAsString());
    }

    @Override
    public void close() {
        socket.abort();
        client.close();
        process.destroy();
        process.onExit().join();
    }
}
