package io.augserve.examples.openai;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds who answers, and makes sure that somebody does. A path that ends in {@code /*} stands for all that begin so. With a key, every path
 * but the public ones asks for it.
 */
final class Router {
    private static final Logger LOG = LoggerFactory.getLogger(Router.class);
    private static final String BEARER = "Bearer ";

    private final Map<String, Route> routes;
    private final Optional<byte[]> key;

    /**
     * Who answers a path.
     *
     * @param method GET, which HEAD is then too, or POST
     * @param isPublic whether it needs no key
     * @param handler who answers
     */
    record Route(String method, boolean isPublic, Handler handler) {}

    Router(Map<String, Route> routes, Optional<String> key) {
        this.routes = new LinkedHashMap<>(routes);
        this.key = key.map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    void handle(Exchange exchange) {
        try {
            route(exchange).handle(exchange);
        } catch (ApiException e) {
            exchange.fail(e);
        } catch (Throwable e) {
            LOG.error("request {} failed", exchange.requestId(), e);
            exchange.fail(ApiException.internal("The server failed; its log has more under the request id "
                    + exchange.requestId() + "."));
        }
    }

    private Handler route(Exchange exchange) {
        String path = path(exchange.uri());
        Optional<Route> found = Optional.ofNullable(routes.get(path)).or(() -> prefix(path));
        if (found.isEmpty() || !found.get().isPublic()) {
            requireKey(exchange);
        }
        Route route = found.orElseThrow(() -> ApiException.unknownPath(exchange.method(), path));
        String asked = exchange.method().equals("HEAD") ? "GET" : exchange.method();
        if (!asked.equals(route.method())) {
            throw ApiException.wrongMethod(exchange.method(), route.method());
        }
        return route.handler();
    }

    private Optional<Route> prefix(String path) {
        int slash = path.indexOf('/', path.indexOf('/', 1) + 1);
        return slash < 0 ? Optional.empty() : Optional.ofNullable(routes.get(path.substring(0, slash + 1) + "*"));
    }

    /** The decoded path of a URI. */
    static String path(String uri) {
        try {
            return new QueryStringDecoder(uri).path();
        } catch (IllegalArgumentException e) {
            throw ApiException.malformed("The URL is not well-formed.");
        }
    }

    private void requireKey(Exchange exchange) {
        if (key.isEmpty()) {
            return;
        }
        byte[] given = exchange.header("authorization").filter(value -> value.startsWith(BEARER))
                .map(value -> value.substring(BEARER.length()).strip()).orElse("").getBytes(StandardCharsets.UTF_8);
        if (!MessageDigest.isEqual(key.get(), given)) {
            throw ApiException.unauthorized();
        }
    }
}
