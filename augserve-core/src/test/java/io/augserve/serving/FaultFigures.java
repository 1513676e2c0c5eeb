package io.augserve.serving;

import io.augserve.serving.SimulatedFaults.Summary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

/** As many seeds as one likes, with the figures as JSON; see {@code docs/results/simulated-faults.sh}. */
final class FaultFigures {
    private static final String USAGE = "expected FIRST LAST [STEPS [FILE.json]], numbers with FIRST <= LAST and STEPS >= 1, got: ";

    private FaultFigures() {}

    /**
     * Runs the seeds that the arguments say and writes the figures.
     *
     * @throws IllegalArgumentException if the arguments make no sense
     */
    static Summary write(String arguments) throws IOException {
        String[] args = arguments.trim().split(" +");
        try {
            long first = Long.parseLong(args[0]);
            long last = Long.parseLong(args[1]);
            int steps = args.length > 2 ? Integer.parseInt(args[2]) : SimulatedFaults.STEPS;
            if (first > last || steps < 1 || args.length > 4) {
                throw new IllegalArgumentException(USAGE + arguments);
            }
            Summary summary = SimulatedFaults.many(first, last, steps);
            if (args.length == 4) {
                Files.writeString(Path.of(args[3]), json(summary));
            } else {
                System.out.print(json(summary));
            }
            return summary;
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new IllegalArgumentException(USAGE + arguments, e);
        }
    }

    private static String json(Summary summary) {
        return "{\n  \"seeds\": " + summary.seeds() + ",\n  \"steps\": " + summary.steps()
                + ",\n  \"fewestStepsOfASeed\": " + summary.fewestSteps() + ",\n  \"faults\": {\n"
                + summary.faults().entrySet().stream().map(e -> "    \"" + e.getKey() + "\": " + e.getValue())
                        .collect(Collectors.joining(",\n"))
                + "\n  },\n  \"violations\": " + summary.failed().size() + "\n}\n";
    }
}
