package io.augserve.examples.soak;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a soak ended.
 *
 * @param tally what happened
 * @param samples what it took meanwhile
 * @param problems what should not have been; none if all promises were kept
 */
record SoakOutcome(Tally tally, List<SoakSample> samples, List<String> problems) {
    SoakOutcome {
        samples = List.copyOf(samples);
        problems = List.copyOf(problems);
    }

    /** The problems are broken promises and memory that grew. */
    static SoakOutcome of(Tally tally, List<SoakSample> samples) {
        List<String> problems = new ArrayList<>(tally.violations());
        problems.addAll(Flatness.problems(samples));
        return new SoakOutcome(tally, samples, problems);
    }

    SoakOutcome withProblem(String problem) {
        List<String> more = new ArrayList<>(problems);
        more.add(problem);
        return new SoakOutcome(tally, samples, more);
    }

    /**
     * Writes the file, if one was asked for, and prints what people want to know.
     *
     * @return the exit code
     */
    int report(PrintWriter out, Optional<Path> json, SoakJson.Setup setup) throws IOException {
        if (json.isPresent()) {
            SoakJson.write(json.get(), setup, tally, samples, problems);
        }
        tally.counts().forEach((what, count) -> out.printf("%-24s %d%n", what, count));
        problems.forEach(problem -> out.println("PROBLEM " + problem));
        out.println(problems.isEmpty() ? "all promises held" : problems.size() + " problems");
        return problems.isEmpty() ? 0 : 1;
    }
}
