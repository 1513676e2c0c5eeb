package io.augserve.examples.simulate;

import io.augserve.examples.BadInputException;
import io.augserve.examples.OutputFile;
import io.augserve.examples.console.Terminal;
import io.augserve.schedule.Policies;
import io.augserve.simulation.Experiment;
import io.augserve.simulation.HardwareProfile;
import io.augserve.simulation.Prediction;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Compares policies in virtual time and shows a table of how well they served. */
@Command(name = "simulate", mixinStandardHelpOptions = true, description = "Compares scheduling policies in virtual time: no model, no GPU.")
public final class Simulate implements Callable<Integer> {
    private static final List<Double> DEFAULT_RATES = List.of(2.0, 3.0, 4.0);
    private static final int PAPER_SETUPS = 4;
    private static final double LONGEST = 1e6;

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private WorkloadOptions workload = new WorkloadOptions();

    @Option(names = "--tool-seconds", paramLabel = "S", description = "how long a call takes to which the trace gives no time")
    private @Nullable Double toolSeconds;

    @Option(names = "--profile", split = ",", paramLabel = "NAME|FILE[#NAME]", description = "machines (default: the four set-ups of the paper)")
    private List<String> profiles = new ArrayList<>();

    @Option(names = "--policy", split = ",", paramLabel = "NAME", description = "policies (default: all but the ablations augserve-order, augserve-budget and vllm-v1-next-use)")
    private List<String> policies = new ArrayList<>();

    @Option(names = "--predictor", split = ",", paramLabel = "NAME", description = "where estimates come from: online, oracle, oracle+noise(P) (default: online)")
    private List<String> predictors = new ArrayList<>();

    @Option(names = "--arrivals", paramLabel = "KIND", description = "poisson, gamma:CV, trace (the trace's own times) or trace:FILE (gaps of a CSV's first column) (default: poisson)")
    private String arrivals = "poisson";

    @Option(names = "--rate", split = ",", paramLabel = "R", description = "mean arrivals per second (default: 2,3,4; none with --find-rate)")
    private List<Double> rates = new ArrayList<>();

    @Option(names = "--duration", paramLabel = "SECONDS", description = "virtual length of a run (default: 1800)")
    private double duration = 1_800;

    @Option(names = "--seeds", split = ",", paramLabel = "N", description = "one run each; the table has the means (default: 1)")
    private List<Long> seeds = new ArrayList<>();

    @Option(names = "--slo-ttft", paramLabel = "S", description = "objective: seconds to the first token (default: the profile's)")
    private @Nullable Double firstToken;

    @Option(names = "--slo-norm", paramLabel = "S", description = "objective: seconds per output token, tools not counted (default: the profile's)")
    private @Nullable Double normalizedLatency;

    @Option(names = "--find-rate", paramLabel = "SHARE", description = "search the highest rate at which this share of the requests meets its objective, such as 0.9")
    private @Nullable Double share;

    @Option(names = "--html", paramLabel = "FILE", description = "write a page with table and charts")
    private @Nullable Path html;

    @Option(names = "--png", paramLabel = "FILE", description = "write a picture: throughput and time to first token by rate")
    private @Nullable Path png;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        Scenario scenario = scenario();
        workload.requireWritable();
        requireWritable("--html", html);
        requireWritable("--png", png);
        Results results = results(scenario, out);
        TableReport.print(out, results);
        if (workload.json().isPresent()) {
            JsonReport.write(workload.json().get(), results);
        }
        if (html != null) {
            HtmlReport.write(html, results);
        }
        if (png != null) {
            PngReport.write(png, results);
        }
        return 0;
    }

    private Scenario scenario() {
        if (share != null && !(share > 0 && share < 1)) {
            throw new BadInputException("--find-rate: expected a share between 0 and 1, such as 0.9, got " + share);
        }
        Duration length = Seconds.option("--duration", duration, 1e-3, LONGEST);
        ArrivalPattern pattern = ArrivalPattern.of(arrivals);
        boolean isReplay = pattern.atRate().isEmpty();
        if (isReplay && (share != null || !rates.isEmpty())) {
            throw new BadInputException(
                    "--arrivals trace: expected neither --rate nor --find-rate, since requests come "
                            + "at the trace's own times");
        }
        List<Double> wanted = rates.isEmpty() && share == null && !isReplay ? DEFAULT_RATES : rates;
        List<HardwareProfile> machines = (profiles.isEmpty()
                ? HardwareProfile.names().subList(0, PAPER_SETUPS)
                : profiles).stream().distinct().map(ProfileReader::of).toList();
        requireDistinctNames(machines);
        return new Scenario(workload.trace(calls()), machines,
                (policies.isEmpty() ? Policies.names() : policies).stream().distinct().toList(),
                (predictors.isEmpty() ? List.of(Prediction.ONLINE.name()) : predictors).stream()
                        .map(Simulate::prediction).distinct().toList(),
                pattern,
                wanted.stream().distinct().sorted().toList(), length,
                seeds.isEmpty() ? List.of(1L) : seeds.stream().distinct().toList(),
                Seconds.objective("--slo-ttft", Optional.ofNullable(firstToken)),
                Seconds.objective("--slo-norm", Optional.ofNullable(normalizedLatency)));
    }

    private static Prediction prediction(String name) {
        try {
            return Prediction.of(name);
        } catch (IllegalArgumentException e) {
            throw new BadInputException("--predictor: " + e.getMessage());
        }
    }

    private OptionalDouble calls() {
        return toolSeconds == null
                ? OptionalDouble.empty()
                : OptionalDouble.of(Seconds.of(Seconds.option("--tool-seconds", toolSeconds, 0, Seconds.MOST)));
    }

    /** Reports tell profiles apart by their names. */
    private static void requireDistinctNames(List<HardwareProfile> profiles) {
        List<String> names = profiles.stream().map(HardwareProfile::name).toList();
        if (names.stream().distinct().count() < names.size()) {
            throw new BadInputException(
                    "--profile: expected profiles of different names, got " + String.join(", ", names));
        }
    }

    private static void requireWritable(String option, @Nullable Path file) {
        if (file != null) {
            OutputFile.requireWritable(option, file);
        }
    }

    private Results results(Scenario scenario, PrintWriter out) throws InterruptedException {
        boolean live = Terminal.isInteractive();
        List<Run> sweep = List.of();
        List<Capacity> capacities = List.of();
        boolean hasSweep = scenario.isReplay() || !scenario.rates().isEmpty();
        try (RunPool pool = new RunPool()) {
            if (hasSweep) {
                sweep = sweep(scenario, pool, out, live);
            }
            if (share != null) {
                capacities = search(scenario, share, html != null && !hasSweep, pool, out, live);
            }
        }
        return new Results(scenario, sweep, share == null ? OptionalDouble.empty() : OptionalDouble.of(share),
                capacities);
    }

    private List<Run> sweep(Scenario scenario, RunPool pool, PrintWriter out, boolean live)
            throws InterruptedException {
        List<Experiment> experiments = scenario.experiments();
        List<Callable<Run>> tasks = new ArrayList<>();
        try (Progress progress = new Progress(out, live, OptionalInt.of(experiments.size()))) {
            for (Experiment experiment : experiments) {
                boolean isShown = html != null && experiment.seed() == scenario.seeds().getFirst()
                        && experiment.load().map(Experiment.Load::rate).equals(scenario.shownRate());
                tasks.add(() -> run(experiment, isShown, progress));
            }
            return pool.all(tasks);
        }
    }

    private static List<Capacity> search(Scenario scenario, double share, boolean detailed, RunPool pool,
            PrintWriter out, boolean live) throws InterruptedException {
        List<Callable<Capacity>> tasks = new ArrayList<>();
        try (Progress progress = new Progress(out, live, OptionalInt.empty())) {
            for (HardwareProfile profile : scenario.profiles()) {
                for (Prediction prediction : scenario.predictions()) {
                    for (String policy : scenario.policies()) {
                        tasks.add(() -> Capacity.find(scenario, profile, prediction, policy, share,
                                (rate, seed) -> run(
                                        scenario.experiment(profile, prediction, policy, Optional.of(rate), seed),
                                        detailed && seed == scenario.seeds().getFirst(), progress)));
                    }
                }
            }
            return pool.all(tasks);
        }
    }

    private static Run run(Experiment experiment, boolean detailed, Progress progress) {
        Run run = Run.of(experiment, detailed);
        progress.ended(run.metrics());
        return run;
    }
}
