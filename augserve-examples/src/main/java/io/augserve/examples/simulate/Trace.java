package io.augserve.examples.simulate;

import io.augserve.examples.BadInputException;
import io.augserve.simulation.SyntheticWorkload;
import io.augserve.simulation.TraceRequest;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Requests to draw from, and where each was read.
 *
 * @param name what reports call it
 * @param requests at least one
 * @param places of the requests, for messages
 */
public record Trace(String name, List<TraceRequest> requests, List<String> places) {
    private static final String BUILTIN = "builtin:";
    // So many that drawing with replacement is as good as generating for each arrival.
    private static final int GENERATED = 10_000;
    private static final long SEED = 1;

    /** Copies the lists. */
    public Trace {
        requests = List.copyOf(requests);
        places = List.copyOf(places);
    }

    /**
     * The trace that {@code --trace} names: a file, or {@code builtin:NAME}.
     *
     * @param toolSeconds how long a call takes to which the file gives no time; without it such a file is refused
     * @throws BadInputException if there is none, or it cannot be used
     */
    public static Trace of(String spec, OptionalDouble toolSeconds) {
        if (!spec.startsWith(BUILTIN)) {
            return new TraceReader(spec, toolSeconds).read();
        }
        String name = spec.substring(BUILTIN.length());
        List<TraceRequest> requests = SyntheticWorkload.builtin(name)
                .orElseThrow(() -> new BadInputException("--trace " + spec + ": expected one of builtin:"
                        + String.join(", builtin:", SyntheticWorkload.names()) + ", or a file"))
                .generate(GENERATED, SEED);
        return new Trace(name, requests,
                requests.stream().map(request -> "--trace " + spec + ", request " + request.id()).toList());
    }
}
