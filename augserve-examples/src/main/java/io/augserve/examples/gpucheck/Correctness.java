package io.augserve.examples.gpucheck;

import io.augserve.examples.OnnxEngines;
import io.augserve.onnx.Device;
import io.augserve.onnx.OnnxEngine;
import io.augserve.onnx.RandomWeights;
import io.augserve.onnx.model.WeightFormat;
import io.augserve.request.OutputToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * Every {@link Script} on every {@link CheckFamily}, on a device and on the processor, which computes in fp32 from the same weights in bf16. How far
 * log-probabilities may lie apart, over a vocabulary of a thousand: 0.001 in fp32, where only the order of sums differs; on CUDA 0.05 in fp16 and 0.3 in
 * bf16, where weights, activations and cache are rounded to 11 and 8 bits; and 0.1 in a rehearsal in fp16, because ONNX Runtime's product for the
 * processor adds up in fp16, too.
 */
final class Correctness {
    /** Enough for the largest script, and few enough to be filled. */
    private static final int KV_BLOCKS = 24;
    private static final long HOST_BYTES = 64L << 20;
    private static final int STEP_TOKENS = 2048;
    private static final long SEED = 1;
    private static final double DEVIATION = 1 / Math.sqrt(CheckFamily.HIDDEN);

    private final Device device;
    private final UnaryOperator<OnnxEngine.Builder> place;
    private final Consumer<CheckResult> results;

    /**
     * What a device is asked to compute in.
     *
     * @param title for reports
     * @param tolerance of log-probabilities
     */
    private record Precision(String title, WeightFormat weights, double tolerance) {}

    /**
     * @param place sets device and library of an engine
     * @param results gets each result as soon as it is there
     */
    Correctness(Device device, UnaryOperator<OnnxEngine.Builder> place, Consumer<CheckResult> results) {
        this.device = device;
        this.place = place;
        this.results = results;
    }

    private List<Precision> precisions() {
        return device.kind() == Device.Kind.CUDA
                ? List.of(new Precision("fp16", WeightFormat.FP16, 0.05),
                        new Precision("bf16", WeightFormat.BF16, 0.3))
                : List.of(new Precision("fp32", WeightFormat.AS_STORED, 1e-3),
                        new Precision("fp16", WeightFormat.FP16, 0.1));
    }

    /** Checks families, in a folder for their checkpoints. */
    void check(List<CheckFamily> families, Path folder) throws IOException {
        for (CheckFamily family : families) {
            Path directory = Files.createDirectories(folder.resolve(family.name().toLowerCase(Locale.ROOT)));
            Files.writeString(directory.resolve("config.json"), family.config());
            RandomWeights.write(directory, SEED, DEVIATION);
            check(family, directory);
        }
    }

    private void check(CheckFamily family, Path directory) {
        int blockSize = 0;
        List<List<OutputToken>> reference = List.of();
        for (Precision precision : precisions()) {
            try (OnnxEngine engine = OnnxEngines.open(place.apply(builder(directory)).weights(precision.weights())
                    .kvCacheTokens(KV_BLOCKS * (blockSize == 0 ? blockSize(directory, precision) : blockSize)))) {
                blockSize = engine.kvCache().blockSize();
                if (reference.isEmpty()) {
                    reference = reference(directory, blockSize);
                }
                for (int i = 0; i < Script.ALL.size(); i++) {
                    results.accept(check(family, Script.ALL.get(i), engine, precision, reference.get(i)));
                }
            }
        }
    }

    /** Which blocks the device chooses for these heads. */
    private int blockSize(Path directory, Precision precision) {
        try (OnnxEngine engine = OnnxEngines.open(
                place.apply(builder(directory)).weights(precision.weights()).kvCacheTokens(1).warmUp(false))) {
            return engine.kvCache().blockSize();
        }
    }

    private static List<List<OutputToken>> reference(Path directory, int blockSize) {
        try (OnnxEngine engine = OnnxEngines
                .open(builder(directory).blockSize(blockSize).kvCacheTokens(KV_BLOCKS * blockSize))) {
            return Script.ALL.stream().map(script -> script.run(engine)).toList();
        }
    }

    private static OnnxEngine.Builder builder(Path directory) {
        return OnnxEngine.builder(directory).maxBatchTokens(STEP_TOKENS).maxSequences(64).hostKvBytes(HOST_BYTES)
                .warmUp(false);
    }

    private static CheckResult check(CheckFamily family, Script script, OnnxEngine engine, Precision precision,
            List<OutputToken> reference) {
        String name = family + ", " + script.title();
        try {
            Comparison comparison = Comparison.of(script.run(engine), reference, precision.tolerance());
            String remark = comparison.flipped() + comparison.strange() == 0
                    ? ""
                    : comparison.flipped() + " other first tokens, " + comparison.strange() + " other candidates";
            return new CheckResult(name, precision.title(), comparison.isWithin(precision.tolerance()),
                    comparison.positions(), comparison.worst(), precision.tolerance(), remark);
        } catch (CheckFailedException | IllegalStateException e) {
            return CheckResult.failed(name, precision.title(), precision.tolerance(), e);
        }
    }
}
