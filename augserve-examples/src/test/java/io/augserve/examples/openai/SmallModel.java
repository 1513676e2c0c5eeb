package io.augserve.examples.openai;

import io.augserve.AugServe;
import io.augserve.Limits;
import io.augserve.examples.EmbeddedModel;
import io.augserve.examples.tools.DemoTools;
import io.augserve.observe.ServerObserver;
import io.augserve.onnx.OnnxEngine;
import io.augserve.request.ServerStats;
import io.augserve.request.SessionRetention;
import io.augserve.tool.Tool;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.function.UnaryOperator;

/** The small model behind an endpoint, and a plain client for it. */
final class SmallModel implements AutoCloseable {
    static final String ID = "tiny-tools";
    /** Definitions of two tools that the model was trained with, as OpenAI's API wants them. */
    static final String TOOLS = """
            [{"type": "function", "function": {"name": "get_weather", "description": "Get the current weather in a city.", "parameters":
            {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}, {"type": "function", "function":
            {"name": "find_person", "description": "Find the city where a person lives.", "parameters": {"type": "object", "properties":
            {"name": {"type": "string"}}, "required": ["name"]}}}]""";

    final AugServe server;
    final OpenAiServer http;
    final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private SmallModel(AugServe server, OpenAiServer http) {
        this.server = server;
        this.http = http;
    }

    static SmallModel open() throws IOException {
        return open(Limits.DEFAULT, UnaryOperator.identity());
    }

    static SmallModel open(Limits limits, UnaryOperator<OpenAiServer.Builder> options) throws IOException {
        return open(limits, ServerObserver.none(), options);
    }

    /** With a page to look at, and tools that run in the server. */
    static SmallModel open(LiveFeed live) throws IOException {
        return open(Limits.DEFAULT, live, builder -> builder.live(live).lendTools(true));
    }

    private static SmallModel open(Limits limits, ServerObserver observer, UnaryOperator<OpenAiServer.Builder> options)
            throws IOException {
        AugServe server = AugServe
                .builder(OnnxEngine.builder(EmbeddedModel.directory()).threads(2).warmUp(false).build())
                .tools(DemoTools.load(EmbeddedModel.directory().resolve("tools.json")).toArray(Tool[]::new))
                .limits(limits).observer(observer)
                // What is parked would hold blocks after the last request has ended.
                .retainSessions(SessionRetention.OFF).build();
        return new SmallModel(server, options.apply(OpenAiServer.builder(server)).start());
    }

    URI uri(String path) {
        return URI.create(http.uri() + path);
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return client.send(request(path, body), HttpResponse.BodyHandlers.ofString());
    }

    HttpRequest request(String path, String body) {
        return HttpRequest.newBuilder(uri(path)).header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)).build();
    }

    /** Waits until nobody is in the house and every block is free. */
    ServerStats awaitEmpty() {
        ServerStats stats = server.stats();
        while (stats.waiting() + stats.running() + stats.paused() > 0 || stats.freeBlocks() < stats.capacityBlocks()
                || http.inFlight() > 0) {
            Thread.onSpinWait();
            stats = server.stats();
        }
        return stats;
    }

    @Override
    public void close() {
        http.close();
        server.close();
        client.close();
    }
}
