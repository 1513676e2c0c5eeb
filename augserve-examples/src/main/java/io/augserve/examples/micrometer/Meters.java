package io.augserve.examples.micrometer;

import io.augserve.observe.Occupancy;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.function.ToDoubleFunction;

/** Makes meters that share their tags, and holds the occupancy that gauges read. */
final class Meters {
    private final MeterRegistry registry;
    private final Tags tags;
    private volatile Occupancy occupancy;

    Meters(MeterRegistry registry, Tags tags, ServedModel model) {
        this.registry = registry;
        this.tags = tags;
        this.occupancy = new Occupancy(0, 0, 0, 0, model.blocks(), 0, 0, 0);
    }

    void occupancy(Occupancy now) {
        occupancy = now;
    }

    void gauge(String name, String description, ToDoubleFunction<Occupancy> value) {
        // Weakly held, a gauge would read NaN as soon as its server were gone.
        Gauge.builder(name, this, meters -> value.applyAsDouble(meters.occupancy)).description(description).tags(tags)
                .strongReference(true).register(registry);
    }

    /** @param more keys and values, in turn */
    void constant(String name, String description, String... more) {
        Gauge.builder(name, () -> 1).description(description).tags(tags.and(more)).strongReference(true)
                .register(registry);
    }

    /** @param more keys and values, in turn */
    Counter counter(String name, String description, String... more) {
        return Counter.builder(name).description(description).tags(tags.and(more)).register(registry);
    }

    /** @param more keys and values, in turn */
    Timer timer(String name, String description, Duration[] buckets, String... more) {
        return Timer.builder(name).description(description).tags(tags.and(more)).serviceLevelObjectives(buckets)
                .register(registry);
    }

    /** @param more keys and values, in turn */
    DistributionSummary summary(String name, String description, double[] buckets, String... more) {
        return DistributionSummary.builder(name).description(description).tags(tags.and(more))
                .serviceLevelObjectives(buckets).register(registry);
    }
}
