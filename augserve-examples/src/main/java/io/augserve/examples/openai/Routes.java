package io.augserve.examples.openai;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.augserve.AugServe;
import io.augserve.examples.openai.Router.Route;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** What there is to ask for. */
final class Routes {
    private static final String MODEL = "/v1/models/";
    private static final String PAGE = "live.html";

    private final Map<String, Route> routes = new HashMap<>();
    private final ModelCard model;
    private final Gate gate;
    private final HttpLimits limits;

    Routes(ModelCard model, Gate gate, HttpLimits limits) {
        this.model = model;
        this.gate = gate;
        this.limits = limits;
    }

    Routes completions(AugServe server, boolean lendsTools) {
        routes.put("/v1/chat/completions", new Route("POST", false,
                new Completions(server, model, gate, new ChatOrders(model, limits, lendsTools), ChatDialect::new)));
        routes.put("/v1/completions", new Route("POST", false,
                new Completions(server, model, gate, new TextOrders(model, limits), TextDialect::new)));
        routes.put("/v1/models", new Route("GET", false, exchange -> exchange.answer(200, models())));
        routes.put(MODEL + "*", new Route("GET", false, this::model));
        routes.put("/health", new Route("GET", true, exchange -> health(exchange, server)));
        return this;
    }

    void metrics(Supplier<String> text) {
        routes.put("/metrics",
                new Route("GET", false, exchange -> exchange.answer(200, "text/plain; version=0.0.4; charset=utf-8",
                        text.get().getBytes(StandardCharsets.UTF_8), Optional.empty())));
    }

    void page(LiveFeed live) {
        byte[] page = resource();
        routes.put("/", new Route("GET", true,
                exchange -> exchange.answer(200, "text/html; charset=utf-8", page, Optional.empty())));
        routes.put("/augserve/live",
                new Route("GET", false, exchange -> live.view(exchange, model, limits.maxViewers())));
    }

    Map<String, Route> all() {
        return routes;
    }

    private static byte[] resource() {
        try (InputStream in = Routes.class.getResourceAsStream(PAGE)) {
            if (in == null) {
                throw new IllegalStateException("the page " + PAGE + " is not there: the endpoint was not built whole");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("the page " + PAGE + " cannot be read", e);
        }
    }

    private JsonObject models() {
        JsonArray data = new JsonArray();
        data.add(model.toJson());
        JsonObject json = new JsonObject();
        json.addProperty("object", "list");
        json.add("data", data);
        return json;
    }

    private void model(Exchange exchange) {
        String asked = Router.path(exchange.uri()).substring(MODEL.length());
        if (!asked.equals(model.id())) {
            throw ApiException.unknownModel(asked, model.id());
        }
        exchange.answer(200, model.toJson());
    }

    private void health(Exchange exchange, AugServe server) {
        if (gate.isClosed() || !server.isOpen()) {
            throw ApiException.closed("The server takes no requests: it is closing, closed or its engine failed.");
        }
        JsonObject json = new JsonObject();
        json.addProperty("status", "ok");
        exchange.answer(200, json);
    }
}
