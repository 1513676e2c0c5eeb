package io.augserve.examples.openai;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.augserve.AugServe;
import io.augserve.examples.openai.Router.Route;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** What there is to ask for. */
final class Routes {
    private static final String MODEL = "/v1/models/";

    private Routes() {}

    static Map<String, Route> of(AugServe server, ModelCard model, Gate gate, HttpLimits limits, boolean lendsTools,
            Optional<Supplier<String>> metrics) {
        Map<String, Route> routes = new HashMap<>();
        routes.put("/v1/chat/completions", new Route("POST", false,
                new Completions(server, model, gate, new ChatOrders(model, limits, lendsTools), ChatDialect::new)));
        routes.put("/v1/completions", new Route("POST", false,
                new Completions(server, model, gate, new TextOrders(model, limits), TextDialect::new)));
        routes.put("/v1/models", new Route("GET", false, exchange -> exchange.answer(200, models(model))));
        routes.put(MODEL + "*", new Route("GET", false, exchange -> {
            String asked = Router.path(exchange.uri()).substring(MODEL.length());
            if (!asked.equals(model.id())) {
                throw ApiException.unknownModel(asked, model.id());
            }
            exchange.answer(200, model.toJson());
        }));
        routes.put("/health", new Route("GET", true, exchange -> health(exchange, server, gate)));
        metrics.ifPresent(text -> routes.put("/metrics",
                new Route("GET", false, exchange -> exchange.answer(200, "text/plain; version=0.0.4; charset=utf-8",
                        text.get().getBytes(StandardCharsets.UTF_8), Optional.empty()))));
        return routes;
    }

    private static JsonObject models(ModelCard model) {
        JsonArray data = new JsonArray();
        data.add(model.toJson());
        JsonObject json = new JsonObject();
        json.addProperty("object", "list");
        json.add("data", data);
        return json;
    }

    private static void health(Exchange exchange, AugServe server, Gate gate) {
        if (gate.isClosed() || !server.isOpen()) {
            throw ApiException.closed("The server takes no requests: it is closing, closed or its engine failed.");
        }
        JsonObject json = new JsonObject();
        json.addProperty("status", "ok");
        exchange.answer(200, json);
    }
}
