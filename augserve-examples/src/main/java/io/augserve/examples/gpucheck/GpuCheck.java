package io.augserve.examples.gpucheck;

import io.augserve.examples.BadInputException;
import io.augserve.examples.bench.DeviceBench;
import io.augserve.examples.simulate.ProfileWriter;
import io.augserve.onnx.Device;
import io.augserve.onnx.DeviceCeilings;
import io.augserve.onnx.OnnxEngine;
import io.augserve.onnx.OnnxEngineException;
import io.augserve.simulation.HardwareProfile;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Checks an engine on a GPU against one on the processor, then measures it. Needs nothing but this program, a Java runtime and ONNX Runtime's library:
 * all models are made on the spot. On the processor it rehearses the same with the same code and smaller numbers.
 */
@Command(name = "gpu-check", mixinStandardHelpOptions = true, description = "Checks that a GPU serves what the processor does, and measures how fast.")
public final class GpuCheck implements Callable<Integer> {
    private static final long GPU_ELEMENTS = 1L << 29;
    private static final int GPU_WIDTH = 8192;
    private static final int CPU_SIZE = 256;
    private static final long GPU_HOST_BYTES = 4L << 30;
    private static final long CPU_HOST_BYTES = 16L << 20;
    private static final String NONE = "none";

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--device", paramLabel = "DEVICE", description = "cuda:N, or cpu to rehearse (default: cuda:0)")
    private String device = "cuda:0";
    @Option(names = "--library", paramLabel = "PATH", description = "ONNX Runtime's native library, or its folder (default: the one on the class path)")
    private @Nullable Path library;
    @Option(names = "--families", paramLabel = "N", description = "families of decoders to check, of 8 (default: all)")
    private int families = CheckFamily.values().length;
    @Option(names = "--shapes", paramLabel = "SHAPE", split = ",", description = "models to measure, with random weights, or none (default: Llama-3.2-1B,Llama-3.1-8B; on the CPU the small model that comes along)")
    private List<String> shapes = new ArrayList<>();
    @Option(names = "--batch", paramLabel = "N", split = ",", description = "requests at once (default: 1,16,64; on the CPU 1,4)")
    private List<Integer> batches = new ArrayList<>();
    @Option(names = "--prompt", paramLabel = "N", description = "tokens of a prompt (default: 1000; on the CPU 40)")
    private @Nullable Integer prompt;
    @Option(names = "--new", paramLabel = "N", description = "decode steps of a round (default: 64; on the CPU 8)")
    private @Nullable Integer output;
    @Option(names = "--seconds", paramLabel = "S", description = "how long to measure the iteration-time model (default: 20; on the CPU 0.5)")
    private @Nullable Double seconds;
    @Option(names = "--out", paramLabel = "DIR", description = "a folder for report.json and a profile of each model for 'augserve simulate --profile'")
    private @Nullable Path out;

    private final List<CheckResult> checks = new ArrayList<>();
    private final List<DeviceCeilings> ceilings = new ArrayList<>();
    private final List<DeviceBench.Result> results = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        PrintWriter console = Objects.requireNonNull(spec).commandLine().getOut();
        Device where = where();
        check();
        UnaryOperator<OnnxEngine.Builder> place = builder -> {
            Optional.ofNullable(library).ifPresent(builder::library);
            return builder.device(where);
        };
        try {
            measureCeilings(where, console);
            checkAll(where, place, console);
            if (!shapes.equals(List.of(NONE))) {
                measureAll(where, place, console);
            }
        } catch (OnnxEngineException e) {
            throw new BadInputException(String.valueOf(e.getMessage()));
        }
        long failed = checks.stream().filter(result -> !result.passed()).count();
        console.printf(Locale.ROOT, "%d of %d checks passed%n", checks.size() - failed, checks.size());
        return failed == 0 ? 0 : 1;
    }

    private Device where() {
        try {
            Device named = Device.parse(device);
            return named.equals(Device.cpu()) ? Device.rehearsal() : named;
        } catch (IllegalArgumentException e) {
            throw new BadInputException("--device: expected cuda:N or cpu, got '" + device + "'");
        }
    }

    private void check() {
        if (families < 0 || families > CheckFamily.values().length) {
            throw new BadInputException(
                    "--families: expected 0 to " + CheckFamily.values().length + ", got " + families);
        }
        for (int batch : batches) {
            requirePositive("--batch", batch);
        }
        Optional.ofNullable(prompt).ifPresent(value -> requirePositive("--prompt", value));
        Optional.ofNullable(output).ifPresent(value -> requirePositive("--new", value));
        Optional.ofNullable(seconds).ifPresent(value -> requirePositive("--seconds", value));
        if (out != null && !Files.isDirectory(out)) {
            throw new BadInputException("--out " + out + ": expected a folder that exists");
        }
    }

    private static void requirePositive(String option, double value) {
        if (!(value > 0 && value <= 1e6)) {
            throw new BadInputException(option + ": expected more than 0, got " + value);
        }
    }

    /** First, because nothing is quicker to say that the device cannot be used. */
    private void measureCeilings(Device where, PrintWriter console) throws IOException {
        boolean gpu = where.kind() == Device.Kind.CUDA;
        DeviceCeilings best = DeviceCeilings.measure(where, Optional.ofNullable(library),
                gpu ? GPU_ELEMENTS : (long) CPU_SIZE * CPU_SIZE, gpu ? GPU_WIDTH : CPU_SIZE);
        ceilings.add(best);
        console.printf(Locale.ROOT, "%s: memory %.4g GB/s, matrices %.4g TFLOP/s%n", where,
                best.bytesPerSecond() / 1e9, best.operationsPerSecond() / 1e12);
        console.flush();
        save(where);
    }

    private void checkAll(Device where, UnaryOperator<OnnxEngine.Builder> place, PrintWriter console)
            throws IOException {
        Path folder = Files.createTempDirectory("augserve-gpu-check");
        try {
            new Correctness(where, place, result -> print(result, console))
                    .check(List.of(CheckFamily.values()).subList(0, families), folder);
        } finally {
            delete(folder.toFile());
        }
        print(ServedCheck.check(place), console);
        save(where);
    }

    private void print(CheckResult result, PrintWriter console) {
        checks.add(result);
        console.printf(Locale.ROOT, "%-6s %-34s %-9s %s%n", result.passed() ? "ok" : "FAILED", result.name(),
                result.compute(), result.tolerance() == 0
                        ? result.remark()
                        : String.format(Locale.ROOT, "%d positions, worst %.2g of %.2g %s", result.positions(),
                                result.worst(), result.tolerance(), result.remark()).strip());
        console.flush();
    }

    private void measureAll(Device where, UnaryOperator<OnnxEngine.Builder> place, PrintWriter console)
            throws IOException {
        boolean gpu = where.kind() == Device.Kind.CUDA;
        List<Optional<String>> models = !shapes.isEmpty()
                ? shapes.stream().map(Optional::of).toList()
                : gpu ? List.of(Optional.of("Llama-3.2-1B"), Optional.of("Llama-3.1-8B")) : List.of(Optional.empty());
        for (Optional<String> model : models) {
            DeviceBench.Plan plan = new DeviceBench.Plan(model,
                    !batches.isEmpty() ? batches : gpu ? List.of(1, 16, 64) : List.of(1, 4),
                    Objects.requireNonNullElse(prompt, gpu ? 1000 : 40),
                    Objects.requireNonNullElse(output, gpu ? 64 : 8),
                    Objects.requireNonNullElse(seconds, gpu ? 20.0 : 0.5));
            DeviceBench.Result result = DeviceBench.measure(plan, place, ceilings.getFirst(),
                    gpu ? GPU_HOST_BYTES : CPU_HOST_BYTES);
            results.add(result);
            print(result, console);
            save(where);
            if (out != null) {
                ProfileWriter.write(out.resolve("profile-" + fileName(result.model()) + ".json"),
                        HardwareProfile.of(result.profile()));
            }
        }
    }

    private static String fileName(String model) {
        return model.substring(model.indexOf(':') + 1);
    }

    private static void print(DeviceBench.Result result, PrintWriter console) {
        console.printf(Locale.ROOT, "%n%s: loaded in %.1f s, KV cache of %d blocks of %d tokens%n", result.model(),
                result.loadSeconds(), result.profile().kvBlocks(), result.profile().blockSize());
        console.println("batch  prefill tok/s  of matrices  decode tok/s  of memory  step ms  outside");
        for (DeviceBench.Row row : result.rows()) {
            console.printf(Locale.ROOT, "%5d  %13.0f  %10.1f%%  %12.0f  %8.1f%%  %7.3g  %6.1f%%%n", row.batch(),
                    row.prefillRate(), 100 * row.prefillShare(), row.decodeRate(), 100 * row.decodeShare(),
                    row.assemble() + row.run() + row.sample() + row.apply(), 100 * row.outside());
        }
        console.printf(Locale.ROOT, "iteration time fitted with a mean error of %.1f %% over %d loads; %s%n",
                100 * result.profile().error(), result.profile().steps().size(),
                result.profile().swapSecondsPerToken() > 0
                        ? String.format(Locale.ROOT, "swaps at %.3g GB/s",
                                result.kvBytesPerToken() / result.profile().swapSecondsPerToken() / 1e9)
                        : "no swaps");
        console.flush();
    }

    private void save(Device where) throws IOException {
        if (out != null) {
            CheckJson.write(out.resolve("report.json"), where.toString(), checks, ceilings, results);
        }
    }

    private static void delete(File file) {
        for (File child : Objects.requireNonNullElse(file.listFiles(), new File[0])) {
            delete(child);
        }
        file.delete();
    }
}
