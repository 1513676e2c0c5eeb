package io.augserve.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.observe.ServerObserver;
import io.augserve.serving.SimulatedFaults.Run;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;

/** Every world recounts the server from its events after each duty cycle ({@link Recount}); here, whoever else watches changes nothing. */
class ObservedWorldsProperties {
    @Property(tries = 100)
    void whatEventsAddUpToIsWhatTheServerCounts(@ForAll @LongRange(min = 1, max = 1_000_000) long seed) {
        assertThat(SimulatedFaults.of(seed, 300, Planted.NONE).violations()).isEmpty();
    }

    @Property(tries = 50)
    void anObserverThatThrowsChangesNothing(@ForAll @LongRange(min = 1, max = 1_000_000) long seed) {
        Run unwatched = SimulatedFaults.of(seed, 300, Planted.NONE);
        Run watched = SimulatedFaults.of(seed, 300, Planted.NONE, ServerObserver.of(event -> {
            if (event.nanos() % 2 == 0) {
                throw new IllegalStateException("defect");
            }
            throw new StackOverflowError("defect");
        }));
        assertThat(watched).isEqualTo(unwatched);
    }
}
