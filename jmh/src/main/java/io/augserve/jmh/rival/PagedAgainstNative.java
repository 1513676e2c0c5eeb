package io.augserve.jmh.rival;

import io.augserve.onnx.graph.OnnxWriter;
import io.augserve.onnx.runtime.OrtEnvironment;
import io.augserve.onnx.runtime.OrtLibrary;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Steps of both decoders in turns, their medians and the ratio. The first logits of both are compared, so that no error wins.
 *
 * <pre>
 * java --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED -cp jmh/target/augserve-jmh.jar
 *     io.augserve.jmh.rival.PagedAgainstNative [--shape small|SmolLM2-135M] [--threads 2] [--block 16] [--batch 1,4,8]
 *     [--context 128,1024,4096] [--prefill 512,2048] [--seconds 2] [--json FILE]
 * </pre>
 */
public final class PagedAgainstNative {
    private static final double TOLERANCE = 1e-3;
    private static final int TURN_STEPS = 5;
    private static final double WARM_UP = 0.4;

    /** What one cell of the table is measured over. */
    private record Cell(String phase, int batch, int context, int fresh) {}

    /** @param allocated Java bytes a paged step */
    private record Result(Cell cell, double paged, double rival, double difference, long allocated) {
        String line() {
            return String.format(Locale.ROOT,
                    "%-8s batch %2d  context %5d  paged %9.3f ms  native %9.3f ms  ratio %.3f  (logits differ by %.1e, %d bytes allocated)",
                    cell.phase, cell.batch, cell.context + cell.fresh, paged, rival, paged / rival, difference,
                    allocated);
        }

        String json(DecoderShape shape, int threads, int block) {
            return String.format(Locale.ROOT,
                    "{\"shape\": \"%s\", \"threads\": %d, \"block_size\": %d, \"phase\": \"%s\", \"batch\": %d, \"past\": %d, \"new\": %d, "
                            + "\"paged_ms\": %.4f, \"native_ms\": %.4f, \"ratio\": %.4f, \"paged_allocated_bytes\": %d}",
                    shape.name(), threads, block, cell.phase, cell.batch, cell.context, cell.fresh, paged, rival,
                    paged / rival, allocated);
        }
    }

    private PagedAgainstNative() {}

    /** Runs all cells and prints them. */
    public static void main(String[] args) throws IOException {
        Map<String, String> options = options(args);
        DecoderShape shape = DecoderShape.named(options.getOrDefault("--shape", "small"));
        int threads = Integer.parseInt(options.getOrDefault("--threads", "2"));
        int block = Integer.parseInt(options.getOrDefault("--block", "16"));
        double seconds = Double.parseDouble(options.getOrDefault("--seconds", "2"));
        Noise noise = new Noise();
        List<String> json = new ArrayList<>();
        try (OrtEnvironment environment = OrtEnvironment.create(OrtLibrary.bundled());
                WeightFile weights = weights(shape);
                Contender paged = new PagedContender(environment, shape, weights, noise, threads, block);
                Contender rival = new NativeContender(environment, shape, weights, noise, threads)) {
            // The JIT has compiled both phases before the first cell counts.
            measure(new Cell("decode", 4, 600, 1), paged, rival, 2 * seconds);
            measure(new Cell("prefill", 1, 0, 256), paged, rival, seconds);
            for (Cell cell : cells(options)) {
                Result result = measure(cell, paged, rival, seconds);
                System.out.println(result.line());
                json.add("  " + result.json(shape, threads, block));
            }
        }
        if (options.containsKey("--json")) {
            Files.writeString(Path.of(options.get("--json")), "[\n" + String.join(",\n", json) + "\n]\n");
        }
    }

    /** Both graphs name the same weights; writing them once without a session finds out which. */
    private static WeightFile weights(DecoderShape shape) throws IOException {
        WeightFile weights = new WeightFile();
        RivalGraph.write(shape, weights, true, new RivalGraph.Attention() {
            @Override
            public void declare(OnnxWriter graph) {}

            @Override
            public void add(OnnxWriter graph, int layer, String query, String key, String value,
                    String output) {}
        });
        weights.write();
        return weights;
    }

    private static Map<String, String> options(String[] args) {
        List<String> known = List.of("--shape", "--threads", "--block", "--batch", "--context", "--prefill",
                "--seconds",
                "--json");
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i < args.length; i += 2) {
            if (!known.contains(args[i]) || i + 1 == args.length) {
                throw new IllegalArgumentException(args[i] + ": expected one of " + known + ", each with a value");
            }
            options.put(args[i], args[i + 1]);
        }
        return options;
    }

    private static List<Cell> cells(Map<String, String> options) {
        List<Cell> cells = new ArrayList<>();
        for (int batch : numbers(options.getOrDefault("--batch", "1,4,8"))) {
            for (int context : numbers(options.getOrDefault("--context", "128,1024,4096"))) {
                cells.add(new Cell("decode", batch, context - 1, 1));
            }
        }
        for (int tokens : numbers(options.getOrDefault("--prefill", "512,2048"))) {
            cells.add(new Cell("prefill", 1, 0, tokens));
        }
        return cells;
    }

    private static int[] numbers(String list) {
        return list.isEmpty() ? new int[0] : Arrays.stream(list.split(",")).mapToInt(Integer::parseInt).toArray();
    }

    private static Result measure(Cell cell, Contender paged, Contender rival, double seconds) {
        paged.prepare(cell.batch, cell.context, cell.fresh);
        rival.prepare(cell.batch, cell.context, cell.fresh);
        turn(paged, 1);
        turn(rival, 1);
        double difference = difference(paged.logits(), rival.logits());
        if (!(difference < TOLERANCE)) {
            throw new IllegalStateException(cell + ": the logits differ by " + difference);
        }
        turns(paged, rival, seconds * WARM_UP);
        double[][] times = turns(paged, rival, seconds);
        return new Result(cell, median(times[0]), median(times[1]), difference, allocated(paged));
    }

    /** Milliseconds of every step of both. */
    private static double[][] turns(Contender paged, Contender rival, double seconds) {
        double[][] times = {{}, {}};
        long end = System.nanoTime() + (long) (seconds * 1e9);
        do {
            times[0] = join(times[0], turn(paged, TURN_STEPS));
            times[1] = join(times[1], turn(rival, TURN_STEPS));
        } while (System.nanoTime() < end);
        return times;
    }

    private static double[] turn(Contender contender, int steps) {
        double[] times = new double[steps];
        for (int i = 0; i < steps; i++) {
            long begin = System.nanoTime();
            contender.run();
            times[i] = (System.nanoTime() - begin) / 1e6;
        }
        return times;
    }

    private static long allocated(Contender contender) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < TURN_STEPS; i++) {
            contender.run();
        }
        return (threads.getCurrentThreadAllocatedBytes() - before) / TURN_STEPS;
    }

    private static double[] join(double[] first, double[] second) {
        double[] joined = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, joined, first.length, second.length);
        return joined;
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    /** The largest difference as a share of the largest logit. */
    private static double difference(float[] a, float[] b) {
        double largest = 0;
        double scale = 0;
        for (int i = 0; i < b.length; i++) {
            largest = Math.max(largest, Math.abs(a[i] - b[i]));
            scale = Math.max(scale, Math.abs(b[i]));
        }
        return largest / scale;
    }
}
