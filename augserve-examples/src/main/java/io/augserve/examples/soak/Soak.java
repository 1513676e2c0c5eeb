package io.augserve.examples.soak;

import io.augserve.examples.BadInputException;
import io.augserve.examples.EmbeddedModel;
import io.augserve.examples.OutputFile;
import io.augserve.examples.tools.DemoTools;
import io.augserve.schedule.Policies;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Serves a model for hours with everything that goes wrong in practice, and watches memory and KV blocks. */
@Command(name = "soak", mixinStandardHelpOptions = true, description = "Serves traffic full of faults for a long time; memory and KV blocks must stay what they were.")
public final class Soak implements Callable<Integer> {
    private static final double MOST_MINUTES = 7 * 24 * 60;
    private static final double NANOS_PER_SECOND = 1e9;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--model", paramLabel = "DIR", description = "a Hugging Face model directory (default: the small model that comes along)")
    private @Nullable Path model;

    @Option(names = "--minutes", paramLabel = "N", description = "how long (default: 60)")
    private double minutes = 60;

    @Option(names = "--round", paramLabel = "S", description = "seconds that one server serves, with one policy; then the next (default: 20)")
    private double round = 20;

    @Option(names = "--concurrency", paramLabel = "N", description = "requests in flight at once (default: 24)")
    private int concurrency = 24;

    @Option(names = "--threads", paramLabel = "N", description = "threads of the engine (default: one for each core)")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--seed", paramLabel = "N", description = "of what requests are sent and what becomes of them (default: 1)")
    private long seed = 1;

    @Option(names = "--json", paramLabel = "FILE", description = "write counts and samples for machines to read")
    private @Nullable Path json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        Path directory = model == null ? EmbeddedModel.directory() : model;
        Tally tally = new Tally();
        List<String> prompts = Files.readAllLines(EmbeddedModel.directory().resolve("prompts.txt")).stream()
                .filter(line -> !line.isBlank()).toList();
        SoakRound server = new SoakRound(directory, prompts,
                DemoTools.load(EmbeddedModel.directory().resolve("tools.json")), concurrency, threads, seed, tally);
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        List<SoakSample> samples = run(server, tally, out);
        List<String> problems = new ArrayList<>(tally.violations());
        problems.addAll(Flatness.problems(samples));
        if (json != null) {
            String name = String.valueOf(directory.toAbsolutePath().normalize().getFileName());
            SoakJson.write(json, new SoakJson.Setup(name, minutes, seed, concurrency), tally, samples, problems);
        }
        tally.counts().forEach((what, count) -> out.printf("%-24s %d%n", what, count));
        problems.forEach(problem -> out.println("PROBLEM " + problem));
        out.println(problems.isEmpty() ? "all promises held" : problems.size() + " problems");
        return problems.isEmpty() ? 0 : 1;
    }

    private List<SoakSample> run(SoakRound server, Tally tally, PrintWriter out) throws InterruptedException {
        Policies.Machine machine = server.measure();
        List<String> policies = Policies.names();
        List<SoakSample> samples = new ArrayList<>();
        long begin = System.nanoTime();
        double elapsed = 0;
        out.println("      s  policy      requests  blocks leaked   heap MB    RSS MB  threads");
        do {
            String policy = policies.get(samples.size() % policies.size());
            int leaked = server.run(policy, machine, Duration.ofNanos(Math.round(round * NANOS_PER_SECOND)));
            elapsed = (System.nanoTime() - begin) / NANOS_PER_SECOND;
            SoakSample sample = new SoakSample(elapsed, policy, tally.of("requests"), leaked, Footprint.take());
            samples.add(sample);
            out.printf(Locale.ROOT, "%7.1f  %-10s %9d %14d %9.1f %9s %8d%n", elapsed, policy, sample.requests(), leaked,
                    sample.footprint().heapMegabytes(),
                    sample.footprint().residentMegabytes().isPresent()
                            ? Long.toString(sample.footprint().residentMegabytes().getAsLong())
                            : "",
                    sample.footprint().threads());
            out.flush();
        } while (elapsed < minutes * 60);
        return samples;
    }

    private void check() {
        if (!(minutes > 0 && minutes <= MOST_MINUTES)) {
            throw new BadInputException("--minutes: expected more than 0 and at most 10080, got " + minutes);
        }
        if (!(round >= 0.1 && round <= 3_600)) {
            throw new BadInputException("--round: expected 0.1 to 3600 seconds, got " + round);
        }
        if (concurrency < 1 || threads < 1) {
            throw new BadInputException("--concurrency and --threads: expected numbers >= 1, got " + concurrency
                    + " and " + threads);
        }
        if (json != null) {
            OutputFile.requireWritable("--json", json);
        }
    }
}
