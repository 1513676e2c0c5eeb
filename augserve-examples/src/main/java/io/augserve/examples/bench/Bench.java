package io.augserve.examples.bench;

import io.augserve.engine.EngineSpec;
import io.augserve.examples.BadInputException;
import io.augserve.examples.DeviceOption;
import io.augserve.examples.Dtype;
import io.augserve.examples.JsonOption;
import io.augserve.examples.Numbers;
import io.augserve.examples.OnnxEngines;
import io.augserve.examples.ThreadsOption;
import io.augserve.onnx.Device;
import io.augserve.onnx.DeviceCeilings;
import io.augserve.onnx.KvType;
import io.augserve.onnx.OnnxEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures how fast a model is served on this machine, against what the memory and the bare graph would allow. */
@Command(name = "bench", mixinStandardHelpOptions = true, description = "Measures how fast a model is served on this machine, and how fast it could be.")
public final class Bench implements Callable<Integer> {
    private static final long DEVICE_ELEMENTS = 1L << 28;
    private static final int DEVICE_WIDTH = 1024;
    /** Tokens of a step at most, unless the batch is larger; the engine's default. */
    private static final int STEP_TOKENS = 512;
    private static final int BLOCK_TOKENS = 16;
    /** The largest that a device chooses itself. */
    private static final int DEVICE_BLOCK_TOKENS = 256;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--model", paramLabel = "DIR|random:SHAPE", description = "a Hugging Face model directory, or random weights in the shape of SmolLM2-135M, Qwen2.5-0.5B, Llama-3.2-1B or Llama-3.1-8B (default: the small model that comes along)")
    private @Nullable String model;

    @Option(names = "--batch", paramLabel = "N", split = ",", description = "requests at once, one measurement each (default: 1,4,16)")
    private List<Integer> batches = new ArrayList<>(List.of(1, 4, 16));

    @Option(names = "--prompt", paramLabel = "N", description = "tokens of a prompt (default: 256)")
    private int prompt = 256;

    @Option(names = "--new", paramLabel = "N", description = "decode steps of a round (default: 64)")
    private int output = 64;

    @Option(names = "--rounds", paramLabel = "N", description = "repetitions, of which the medians count (default: 3)")
    private int rounds = 3;

    @Option(names = "--dtype", paramLabel = "TYPE", split = ",", description = "what the weights are kept in, one load each: auto for as stored, fp32, fp16, bf16, int8 or int4 (default: auto)")
    private List<String> dtypes = new ArrayList<>(List.of(Dtype.AUTO));

    @Option(names = "--kv-dtype", paramLabel = "TYPE", description = "what the KV cache is kept in on the CPU: fp32 or fp16 (default: fp32)")
    private String kvDtype = "fp32";

    @Mixin
    private ThreadsOption threads = new ThreadsOption();

    @Mixin
    private DeviceOption device = new DeviceOption();

    @Mixin
    private JsonOption json = new JsonOption();

    @Override
    public Integer call() throws IOException {
        List<Dtype> formats = check();
        BenchReport report = BenchReport.of(Objects.requireNonNull(spec).commandLine().getOut(), formats.size());
        List<BenchLoad> loads = new ArrayList<>();
        try (BenchModel named = BenchModel.of(Optional.ofNullable(model))) {
            for (Dtype format : formats) {
                loads.add(load(named, format, report));
                // What has been measured is not lost if a later format does not fit.
                if (json.file().isPresent()) {
                    BenchJson.write(json.file().get(), loads);
                }
            }
        }
        report.end(loads);
        return 0;
    }

    /** Opens the model in one format and measures all cases; closed again in the end. */
    private BenchLoad load(BenchModel named, Dtype format, BenchReport report) {
        int stepTokens = Math.max(STEP_TOKENS, Collections.max(batches));
        List<BenchCase> cases = batches.stream().map(batch -> new BenchCase(batch, prompt, output, stepTokens))
                .toList();
        OnnxEngine.Builder builder = engine(named.directory(), stepTokens, cases).weights(format.format());
        long begin = System.nanoTime();
        try (OnnxEngine engine = OnnxEngines.open(builder, device)) {
            double loadSeconds = (System.nanoTime() - begin) / 1e9;
            requireContext(engine.spec(), cases);
            BenchLoad.Setup setup = new BenchLoad.Setup(named.name(), format.name(), kvDtype, threads.count(),
                    engine.meter().weightBytes(), loadSeconds, ResidentMemory.peakMegabytes());
            report.begin(setup);
            List<BenchResult> results = new ArrayList<>();
            for (BenchCase given : cases) {
                BenchResult result = measure(engine, given);
                report.row(setup, result);
                results.add(result);
            }
            return new BenchLoad(setup, results);
        }
    }

    private BenchResult measure(OnnxEngine engine, BenchCase given) {
        if (device.device().kind() == Device.Kind.CUDA) {
            double rate = DeviceCeilings.measure(device.device(), device.library(), DEVICE_ELEMENTS, DEVICE_WIDTH)
                    .bytesPerSecond();
            return new BatchBench(engine, () -> rate, 0, rounds).measure(given);
        }
        try (StreamBandwidth bandwidth = new StreamBandwidth(engine.meter().weightBytes(), threads.count())) {
            return new BatchBench(engine, bandwidth::measure, bandwidth.bytes(), rounds).measure(given);
        }
    }

    /** With a KV cache just large enough, so that the memory that is reported is what serving this takes. */
    private OnnxEngine.Builder engine(Path directory, int stepTokens, List<BenchCase> cases) {
        long context = cases.stream().mapToLong(BenchCase::context).max().orElseThrow();
        boolean onCpu = device.device().equals(Device.cpu());
        int blockTokens = onCpu ? BLOCK_TOKENS : DEVICE_BLOCK_TOKENS;
        long cacheTokens = cases.stream().mapToLong(given -> given.cacheTokens(blockTokens)).max().orElseThrow();
        if (Math.max(context, cacheTokens) > Integer.MAX_VALUE) {
            throw new BadInputException(
                    "--batch, --prompt and --new: expected a KV cache of less than 2^31 tokens, got "
                            + Math.max(context, cacheTokens));
        }
        OnnxEngine.Builder builder = OnnxEngine.builder(directory).threads(threads.count()).maxContext((int) context)
                .kvCacheTokens((int) cacheTokens).maxBatchTokens(stepTokens).maxSequences(stepTokens);
        return onCpu ? builder.blockSize(BLOCK_TOKENS).kvType(kvType()) : builder;
    }

    private KvType kvType() {
        return switch (kvDtype) {
            case "fp32" -> KvType.FP32;
            case "fp16" -> KvType.FP16;
            default -> throw new BadInputException("--kv-dtype: expected fp32 or fp16, got '" + kvDtype + "'");
        };
    }

    private static void requireContext(EngineSpec engine, List<BenchCase> cases) {
        for (BenchCase given : cases) {
            if (given.context() > engine.maxContext()) {
                throw new BadInputException("--prompt and --new: a batch of " + given.batch() + " takes "
                        + given.context() + " tokens of context; expected at most the model's "
                        + engine.maxContext());
            }
        }
    }

    /** The formats; all that is asked for can be done, as far as options tell. */
    private List<Dtype> check() {
        for (int batch : batches) {
            Numbers.requireAtLeast("--batch", batch, 1);
        }
        Numbers.requireAtLeast("--prompt", prompt, 1);
        Numbers.requireAtLeast("--new", output, 1);
        Numbers.requireAtLeast("--rounds", rounds, 1);
        threads.count();
        kvType();
        List<Dtype> formats = dtypes.stream().map(Dtype::of).toList();
        device.device();
        json.requireWritable();
        return formats;
    }
}
