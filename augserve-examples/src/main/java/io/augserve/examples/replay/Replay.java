package io.augserve.examples.replay;

import io.augserve.engine.Ticker;
import io.augserve.examples.BadInputException;
import io.augserve.examples.DeviceOption;
import io.augserve.examples.Numbers;
import io.augserve.examples.OnnxEngines;
import io.augserve.examples.PolicyOption;
import io.augserve.examples.ThreadsOption;
import io.augserve.examples.bench.BenchModel;
import io.augserve.examples.simulate.Seconds;
import io.augserve.examples.simulate.Trace;
import io.augserve.examples.simulate.WorkloadOptions;
import io.augserve.onnx.Device;
import io.augserve.onnx.OnnxEngine;
import io.augserve.profile.EngineProfile;
import io.augserve.profile.Profiler;
import io.augserve.request.ServiceLevel;
import io.augserve.simulation.HardwareProfile;
import io.augserve.simulation.TraceRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Serves a workload live, simulates the same on the profile just measured, and compares what changing the policy does in both. */
@Command(name = "replay", mixinStandardHelpOptions = true, description = "Serves a scripted workload on a real engine in real time and compares it with the simulator.")
public final class Replay implements Callable<Integer> {
    private static final List<String> POLICIES = List.of("fcfs", "infercept", "augserve", "goodput");
    private static final double LONGEST = 86_400;
    private static final double MOST_ARRIVALS = 1e6;
    private static final int MOST_MEGABYTES = 1 << 20;
    private static final int DEVICE_STEP = 2_048;
    private static final int DEVICE_HOST_MEGABYTES = 4_096;
    private static final int CPU_STEP = 512;
    private static final int CPU_HOST_MEGABYTES = 64;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--model", paramLabel = "DIR|random:SHAPE", description = "what computes; what it would say is ignored (default: the small model that comes along)")
    private @Nullable String model;
    @Mixin
    private DeviceOption device = new DeviceOption();
    @Mixin
    private ThreadsOption threads = new ThreadsOption();
    @Option(names = "--kv-tokens", paramLabel = "N", description = "tokens that the KV cache holds (default: the engine's)")
    private @Nullable Integer kvTokens;
    @Option(names = "--host-mb", paramLabel = "N", description = "host memory for swaps (default: 4096 for a GPU, 64 on the CPU)")
    private @Nullable Integer hostMegabytes;
    @Option(names = "--batch-tokens", paramLabel = "N", description = "most tokens of a step (default: 2048 on a GPU, 512 on the CPU)")
    private @Nullable Integer batchTokens;
    @Option(names = "--profile-seconds", paramLabel = "S", description = "how long to measure the engine, once to warm it up and once more (default: 5)")
    private double profileSeconds = 5;
    @Mixin
    private WorkloadOptions workload = new WorkloadOptions();
    @Option(names = "--scale", paramLabel = "F", description = "what lengths and tool times are multiplied by (default: 1)")
    private double scale = 1;
    @Option(names = "--rate", split = ",", paramLabel = "R", description = "mean arrivals per second (default: 2)")
    private List<Double> rates = new ArrayList<>();
    @Option(names = "--duration", paramLabel = "SECONDS", description = "length of a run, in real time for each policy and rate (default: 60)")
    private double duration = 60;
    @Option(names = "--policy", split = ",", paramLabel = "NAME", description = "policies; ratios are to the first (default: fcfs,infercept,augserve,goodput)")
    private List<String> policies = new ArrayList<>();
    @Option(names = "--seed", paramLabel = "N", description = "of arrivals and requests (default: 1)")
    private long seed = 1;
    @Option(names = "--slo-ttft", paramLabel = "S", description = "objective: seconds to the first token (default: 1)")
    private @Nullable Double firstToken;
    @Option(names = "--slo-norm", paramLabel = "S", description = "objective: seconds per output token, tools not counted (default: the measured profile's, see simulate)")
    private @Nullable Double normalizedLatency;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        check();
        Trace drawn = workload.trace(OptionalDouble.empty());
        List<TraceRequest> requests = drawn.requests().stream().map(request -> Scale.scaled(request, scale)).toList();
        List<Pair> pairs = new ArrayList<>();
        try (BenchModel named = BenchModel.of(Optional.ofNullable(model));
                OnnxEngine engine = open(named.directory())) {
            requireFit(requests, drawn.places(), engine);
            warmUp(engine, requests, drawn.name());
            EngineProfile measured = measure(engine);
            HardwareProfile profile = HardwareProfile.of(measured);
            ServiceLevel objective = objective(profile);
            head(out, named.name(), measured, objective);
            Comparison comparison = new Comparison(engine, profile, drawn.name(), requests, length(), seed, objective);
            for (double rate : chosenRates()) {
                List<Pair> row = new ArrayList<>();
                for (String policy : chosen()) {
                    row.add(comparison.run(policy, rate));
                    pairs.add(row.getLast());
                    if (workload.json().isPresent()) {
                        ReplayJson.write(workload.json().get(), pairs);
                    }
                }
                ReplayReport.print(out, row);
            }
        }
        return 0;
    }

    /** What the compiler still has to do would make the engine look slower than it will be. */
    private void warmUp(OnnxEngine engine, List<TraceRequest> requests, String name) throws InterruptedException {
        HardwareProfile cold = HardwareProfile.of(measure(engine));
        new Comparison(engine, cold, name, requests, length(), seed, objective(cold)).warmUp(chosen().getFirst(),
                chosenRates().getFirst());
    }

    private EngineProfile measure(OnnxEngine engine) {
        return Profiler.measure(engine, Ticker.system(), Duration.ofNanos(Math.round(profileSeconds * 1e9)));
    }

    private void check() {
        device.device();
        threads.count();
        requireAtLeast("--kv-tokens", kvTokens, 1);
        requireAtLeast("--host-mb", hostMegabytes, 0);
        requireAtLeast("--batch-tokens", batchTokens, 1);
        if (hostMegabytes != null && hostMegabytes > MOST_MEGABYTES) {
            throw new BadInputException("--host-mb: expected at most " + MOST_MEGABYTES + ", got " + hostMegabytes);
        }
        Seconds.option("--profile-seconds", profileSeconds, 1e-3, LONGEST);
        if (!(scale >= 1e-3 && scale <= 1e3)) {
            throw new BadInputException("--scale: expected 0.001 to 1000, got " + scale);
        }
        for (double rate : chosenRates()) {
            if (!(rate > 0 && rate * Seconds.of(length()) <= MOST_ARRIVALS)) {
                throw new BadInputException("--rate: expected requests per second > 0, and at most "
                        + (long) MOST_ARRIVALS + " requests in --duration " + duration + ", got " + rate);
            }
        }
        PolicyOption.requireAll(chosen());
        objectivePart("--slo-ttft", firstToken);
        objectivePart("--slo-norm", normalizedLatency);
        workload.requireWritable();
    }

    private static void requireAtLeast(String option, @Nullable Integer value, int least) {
        if (value != null) {
            Numbers.requireAtLeast(option, value, least);
        }
    }

    private List<String> chosen() {
        return policies.isEmpty() ? POLICIES : policies.stream().distinct().toList();
    }

    private List<Double> chosenRates() {
        return rates.isEmpty() ? List.of(2.0) : rates.stream().distinct().toList();
    }

    private Duration length() {
        return Seconds.option("--duration", duration, 0.1, LONGEST);
    }

    private static Optional<Duration> objectivePart(String option, @Nullable Double seconds) {
        return Seconds.objective(option, Optional.ofNullable(seconds));
    }

    private ServiceLevel objective(HardwareProfile profile) {
        ServiceLevel own = profile.serviceLevel();
        return new ServiceLevel(objectivePart("--slo-ttft", firstToken).orElse(own.timeToFirstToken()),
                objectivePart("--slo-norm", normalizedLatency).orElse(own.normalizedLatency()));
    }

    private OnnxEngine open(Path directory) {
        boolean onCpu = device.device().kind() == Device.Kind.CPU;
        OnnxEngine.Builder builder = OnnxEngine.builder(directory).threads(threads.count())
                .maxBatchTokens(Objects.requireNonNullElse(batchTokens, onCpu ? CPU_STEP : DEVICE_STEP))
                .hostKvBytes((long) Objects.requireNonNullElse(hostMegabytes,
                        onCpu ? CPU_HOST_MEGABYTES : DEVICE_HOST_MEGABYTES) << 20);
        Optional.ofNullable(kvTokens).ifPresent(builder::kvCacheTokens);
        try {
            return OnnxEngines.open(builder, device);
        } catch (IllegalArgumentException e) {
            throw new BadInputException(String.valueOf(e.getMessage()));
        }
    }

    private static void requireFit(List<TraceRequest> requests, List<String> places, OnnxEngine engine) {
        long cache = (long) engine.kvCache().capacity() * engine.kvCache().blockSize();
        long room = Math.min(cache, engine.spec().maxContext());
        for (int i = 0; i < requests.size(); i++) {
            if (requests.get(i).finalContext() > room) {
                throw new BadInputException(places.get(i) + ": expected at most " + room
                        + " tokens in all, which is what context and KV cache of " + engine.spec().model()
                        + " hold, got " + requests.get(i).finalContext() + "; --scale makes requests shorter");
            }
        }
    }

    private void head(PrintWriter out, String name, EngineProfile measured, ServiceLevel objective) {
        out.printf(Locale.ROOT, "%s on %s, KV cache of %d tokens, room for %d in host memory, steps of at most %d%n",
                name, device.device(), measured.kvBlocks() * measured.blockSize(),
                measured.hostBlocks() * measured.blockSize(), measured.engine().maxBatchTokens());
        out.printf(Locale.ROOT, "measured: %s, mean error %.1f %% over %d loads%n", measured.iterationTime(),
                100 * measured.error(), measured.steps().size());
        out.printf(Locale.ROOT, "%s, lengths and tools times %s, %s s a run; objective: %s s and %s s per token%n",
                workload.name(), Seconds.brief(scale), Seconds.brief(duration),
                Seconds.brief(Seconds.of(objective.timeToFirstToken())),
                Seconds.brief(Seconds.of(objective.normalizedLatency())));
        out.flush();
    }
}
