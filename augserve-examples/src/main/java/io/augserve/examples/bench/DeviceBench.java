package io.augserve.examples.bench;

import io.augserve.engine.Ticker;
import io.augserve.examples.OnnxEngines;
import io.augserve.onnx.DeviceCeilings;
import io.augserve.onnx.OnnxEngine;
import io.augserve.profile.EngineProfile;
import io.augserve.profile.Profiler;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Measures a model on a device, against what the device could do at best: the memory must give a decode step all weights and the keys and values of
 * every context, and a prefill takes two operations for every weight and token.
 */
public final class DeviceBench {
    private static final int STEP_TOKENS = 2048;

    private DeviceBench() {}

    /**
     * What is measured.
     *
     * @param model a shape with random weights ({@link #shapes}); empty for the small model that comes along
     * @param batches requests at once, at least 1 each
     * @param prompt tokens of a prompt
     * @param output decode steps of a round
     * @param profileSeconds how long the iteration-time model is measured
     */
    public record Plan(Optional<String> model, List<Integer> batches, int prompt, int output, double profileSeconds) {
        /** Copies the list. */
        public Plan {
            batches = List.copyOf(batches);
        }
    }

    /**
     * One batch; rates in tokens per second, times in milliseconds of a decode step.
     *
     * @param batch requests at once
     * @param prefillRate prompt tokens
     * @param prefillShare of the device's rate of operations
     * @param decodeRate output tokens
     * @param decodeShare of what the memory's rate allows
     * @param bareRate output tokens of the bare graph
     * @param assemble packing the batch and copying it to the device
     * @param run the provider's call
     * @param sample drawing tokens
     * @param apply all else
     */
    public record Row(int batch, double prefillRate, double prefillShare, double decodeRate, double decodeShare,
            double bareRate, double assemble, double run, double sample, double apply) {
        /** The share of a step that is not the provider's. */
        public double outside() {
            return (assemble + sample + apply) / (assemble + run + sample + apply);
        }
    }

    /**
     * A model's figures.
     *
     * @param model its name
     * @param loadSeconds until the engine was ready
     * @param weightBytes that a step reads
     * @param kvBytesPerToken keys and values of a token
     * @param rows one a batch
     * @param profile the fitted iteration-time model and the swap rate
     */
    public record Result(String model, double loadSeconds, long weightBytes, long kvBytesPerToken, List<Row> rows,
            EngineProfile profile) {}

    /** The shapes that there are. */
    public static String shapes() {
        return PublishedShape.titles();
    }

    /**
     * Measures one model.
     *
     * @param place sets the engine's device
     * @param hostBytes host memory for swaps
     * @throws io.augserve.examples.BadInputException if there is no such shape, no room for it, or it cannot be served
     */
    public static Result measure(Plan plan, UnaryOperator<OnnxEngine.Builder> place, DeviceCeilings ceilings,
            long hostBytes) throws IOException {
        try (BenchModel model = BenchModel.of(plan.model().map(title -> "random:" + title))) {
            int step = Math.max(STEP_TOKENS, Collections.max(plan.batches()));
            List<BenchCase> cases = plan.batches().stream()
                    .map(batch -> new BenchCase(batch, plan.prompt(), plan.output(), step)).toList();
            long context = cases.stream().mapToLong(BenchCase::context).max().orElseThrow();
            OnnxEngine.Builder builder = OnnxEngine.builder(model.directory()).maxContext((int) context)
                    .maxBatchTokens(step).maxSequences(Math.max(64, Collections.max(plan.batches())))
                    .hostKvBytes(hostBytes);
            long begin = System.nanoTime();
            try (OnnxEngine engine = OnnxEngines.open(place.apply(builder))) {
                double load = (System.nanoTime() - begin) / 1e9;
                List<Row> rows = new ArrayList<>();
                for (BenchCase given : cases) {
                    BatchBench bench = new BatchBench(engine, ceilings::bytesPerSecond, 0, 2);
                    rows.add(row(engine, bench.measure(given), ceilings));
                }
                EngineProfile profile = Profiler.measure(engine, Ticker.system(),
                        Duration.ofNanos(Math.round(plan.profileSeconds() * 1e9)));
                return new Result(model.name(), load, engine.meter().weightBytes(), engine.meter().kvBytesPerToken(),
                        rows, profile);
            }
        }
    }

    private static Row row(OnnxEngine engine, BenchResult result, DeviceCeilings ceilings) {
        BenchCase given = result.given();
        double bytes = engine.meter().weightBytes()
                + (double) given.batch() * given.middle() * engine.meter().kvBytesPerToken();
        double stepsPerSecond = result.decodeRate() / given.batch();
        double operations = 2 * (engine.meter().weightBytes() / 2.0) * result.prefillRate();
        StepSplit split = result.split();
        return new Row(given.batch(), result.prefillRate(), operations / ceilings.operationsPerSecond(),
                result.decodeRate(), stepsPerSecond * bytes / ceilings.bytesPerSecond(), result.bareRate(),
                split.assemble(), split.run(), split.sample(), split.apply());
    }
}
