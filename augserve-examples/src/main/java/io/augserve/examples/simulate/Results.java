package io.augserve.examples.simulate;

import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * What came out.
 *
 * @param scenario what was asked
 * @param sweep runs at the rates that were given, in the scenario's order
 * @param share of requests that capacities are about; empty if none were searched
 * @param capacities by profile and policy, in the scenario's order
 */
record Results(Scenario scenario, List<Run> sweep, OptionalDouble share, List<Capacity> capacities) {
    Results {
        sweep = List.copyOf(sweep);
        capacities = List.copyOf(capacities);
    }

    /** Every run, those of the searches last. */
    List<Run> runs() {
        return Stream.concat(sweep.stream(), capacities.stream().flatMap(capacity -> capacity.runs().stream()))
                .toList();
    }

    /** Every run of a profile. */
    List<Run> runs(String profile) {
        return runs().stream().filter(run -> run.metrics().label().profile().equals(profile)).toList();
    }
}
