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
 * @param capacities by profile, predictor and policy, in the scenario's order
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

    /** Every run of a section. */
    List<Run> runs(Section section) {
        return runs().stream().filter(run -> section.has(run.metrics().label())).toList();
    }

    /** The sweep's summaries of a section; empty if only a rate was searched. */
    List<Summary> summaries(Section section) {
        return Summary.of(sweep.stream().filter(run -> section.has(run.metrics().label())).toList());
    }

    /** What was searched in a section. */
    List<Capacity> capacities(Section section) {
        return capacities.stream().filter(capacity -> section.has(capacity.profile(), capacity.predictor())).toList();
    }
}
