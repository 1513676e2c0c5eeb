package io.augserve.examples.micrometer;

import io.augserve.observe.ServerObserver;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * A server's metrics in a Micrometer registry.
 *
 * <pre>{@code
 * PrometheusMeterRegistry registry = PrometheusPage.registry();
 * AugServe server = AugServe.builder(engine).observer(ServerMetrics.observer(registry, ServedModel.of(engine))).build();
 * String page = registry.scrape();
 * }</pre>
 *
 * <p>The observer serves one server. Its meters stay in the registry when the server is closed, as counters must.
 */
public final class ServerMetrics {
    private ServerMetrics() {}

    /** All three families: OpenTelemetry's, vLLM's and own names. */
    public static ServerObserver observer(MeterRegistry registry, ServedModel model) {
        return ServerObserver.all(new GenAiMetrics(registry, model), new VllmMetrics(registry, model),
                new OwnMetrics(registry, model));
    }
}
