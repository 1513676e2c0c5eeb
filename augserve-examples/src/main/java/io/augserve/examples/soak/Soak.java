package io.augserve.examples.soak;

import io.augserve.examples.BadInputException;
import io.augserve.examples.EmbeddedModel;
import io.augserve.examples.ModelOption;
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
import picocli.CommandLine.Mixin;
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

    @Mixin
    private ModelOption model = new ModelOption();

    @Option(names = "--minutes", paramLabel = "N", description = "how long (default: 60)")
    private double minutes = 60;

    @Option(names = "--round", paramLabel = "S", description = "seconds that one server serves, with one policy; then the next (default: 20)")
    private double round = 20;

    @Option(names = "--concurrency", paramLabel = "N", description = "requests in flight at once (default: 24)")
    private int concurrency = 24;

    @Option(names = "--seed", paramLabel = "N", description = "of what requests are sent and what becomes of them (default: 1)")
    private long seed = 1;

    @Mixin
    private SoakOptions options = new SoakOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        Path directory = model.directory();
        Tally tally = new Tally();
        List<String> prompts = Files.readAllLines(EmbeddedModel.directory().resolve("prompts.txt")).stream()
                .filter(line -> !line.isBlank()).toList();
        SoakRound server = new SoakRound(directory, prompts,
                DemoTools.load(EmbeddedModel.directory().resolve("tools.json")), concurrency, options.threads().count(),
                seed,
                tally);
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        SoakOutcome outcome = SoakOutcome.of(tally, run(server, tally, out));
        String name = String.valueOf(directory.toAbsolutePath().normalize().getFileName());
        return outcome.report(out, options.json(), new SoakJson.Setup(name, minutes, seed, concurrency));
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
                    sample.footprint().residentText(),
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
        if (concurrency < 1 || options.threads().asked() < 1) {
            throw new BadInputException("--concurrency and --threads: expected numbers >= 1, got " + concurrency
                    + " and " + options.threads().asked());
        }
        options.requireWritable();
    }
}
