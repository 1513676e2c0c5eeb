package io.augserve.examples.micrometer;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.config.NamingConvention;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Registries whose {@link PrometheusMeterRegistry#scrape()} has vLLM's names as they are. Micrometer's own convention keeps their colons but
 * drops endings that it takes for suffixes ({@code vllm:iteration_tokens_total} is a histogram), so names with a colon are left alone.
 * A host's own registry gets the same with {@code registry.config().namingConvention(PrometheusPage.naming(...))} before the first meter.
 */
public final class PrometheusPage {
    /** Media type of {@link PrometheusMeterRegistry#scrape()}. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private PrometheusPage() {}

    /** A new registry. */
    public static PrometheusMeterRegistry registry() {
        return registry(Clock.SYSTEM);
    }

    static PrometheusMeterRegistry registry(Clock clock) {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT,
                new PrometheusRegistry(), clock);
        registry.config().namingConvention(naming(registry.config().namingConvention()));
        return registry;
    }

    /** Leaves names with a colon as they are and the rest to another convention. */
    public static NamingConvention naming(NamingConvention others) {
        return new NamingConvention() {
            @Override
            public String name(String name, Meter.Type type, @Nullable String baseUnit) {
                return name.indexOf(':') >= 0 ? name : others.name(name, type, baseUnit);
            }

            @Override
            public String tagKey(String key) {
                return others.tagKey(key);
            }

            @Override
            public String tagValue(String value) {
                return others.tagValue(value);
            }
        };
    }
}
