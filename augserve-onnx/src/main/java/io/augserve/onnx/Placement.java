package io.augserve.onnx;

import io.augserve.onnx.graph.GraphTarget;
import io.augserve.onnx.model.WeightFormat;
import io.augserve.onnx.model.WeightType;
import io.augserve.onnx.runtime.ElementType;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the device makes of an engine's options: types, block size, and whose attention it is. On CUDA attention knows fp16 and bf16 alone, and is fast
 * (FlashAttention) only with blocks that a tile of its kernel divides: since 1.29 multiples of 256 tokens for heads of up to 64, of 128 for heads of up
 * to 128, and of 64 for larger ones; before that multiples of 256, and 256 sequences a step.
 *
 * @param options of the engine
 * @param version ONNX Runtime's, such as {@code 1.29.0}
 */
record Placement(OnnxOptions options, String version) {
    private static final Pattern RELEASE = Pattern.compile("1\\.(\\d+)\\..*");
    private static final int SMALL_BLOCKS_RELEASE = 29;
    private static final int CPU_BLOCK = 16;
    private static final int LONGEST_BLOCK = 256;
    private static final int MOST_SEQUENCES = 256;

    /**
     * What the graph is to be written for.
     *
     * @param stored what most of the model's weights are stored in
     * @throws OnnxEngineException if the device cannot compute as the options say
     */
    GraphTarget target(WeightType stored) {
        return switch (options.device().kind()) {
            case CPU -> new GraphTarget(ElementType.FLOAT, cpuCache(), false, 0);
            case REHEARSAL -> {
                ElementType compute = rehearsed();
                yield new GraphTarget(compute, compute == ElementType.FLOAT ? cpuCache() : sameCache(compute), true,
                        top());
            }
            case CUDA -> {
                requireFewSequences();
                ElementType compute = onCuda(stored);
                yield new GraphTarget(compute, sameCache(compute), release() >= SMALL_BLOCKS_RELEASE, top());
            }
        };
    }

    /** One more than are sampled from, because among equal ones it must be known where they end. */
    private int top() {
        return options.deviceTopK() == 0 ? 0 : options.deviceTopK() + 1;
    }

    private ElementType cpuCache() {
        KvType type = options.kvType().orElse(KvType.FP32);
        if (type == KvType.BF16) {
            throw new OnnxEngineException("kvType BF16 on " + options.device() + ": expected FP32 or FP16");
        }
        return type.element();
    }

    private ElementType sameCache(ElementType compute) {
        options.kvType().filter(type -> type.element() != compute).ifPresent(type -> {
            throw new OnnxEngineException("kvType " + type + " on " + options.device() + ": the model computes in "
                    + compute + " there, and keys and values are kept in the same; leave kvType out or change weights");
        });
        return compute;
    }

    private ElementType rehearsed() {
        return switch (options.weights().format()) {
            case AS_STORED, FP32 -> ElementType.FLOAT;
            case FP16 -> ElementType.FLOAT16;
            case BF16, INT8, INT4 -> throw unsupported("AS_STORED, FP32 or FP16");
        };
    }

    private ElementType onCuda(WeightType stored) {
        return switch (options.weights().format()) {
            case AS_STORED -> stored == WeightType.BF16 ? ElementType.BFLOAT16 : ElementType.FLOAT16;
            case FP16 -> ElementType.FLOAT16;
            case BF16 -> ElementType.BFLOAT16;
            case FP32, INT8, INT4 -> throw unsupported("AS_STORED, FP16 or BF16");
        };
    }

    private OnnxEngineException unsupported(String supported) {
        WeightFormat format = options.weights().format();
        return new OnnxEngineException("weights " + format + " on " + options.device() + ": expected " + supported
                + (format == WeightFormat.INT8 || format == WeightFormat.INT4
                        ? "; quantised weights are served on the CPU"
                        : ""));
    }

    /**
     * Tokens of a KV block.
     *
     * @throws OnnxEngineException if the options ask for a size that the device's attention is slow with
     */
    int blockSize(int headSize) {
        if (!options.device().isCuda()) {
            return options.blockSize().orElse(CPU_BLOCK);
        }
        int tile = release() < SMALL_BLOCKS_RELEASE || headSize <= 64 ? LONGEST_BLOCK : headSize <= 128 ? 128 : 64;
        int size = options.blockSize().orElse(tile);
        if (size % tile != 0) {
            throw new OnnxEngineException("blockSize " + size + " on " + options.device() + ": ONNX Runtime " + version
                    + " needs a multiple of " + tile + " for heads of " + headSize);
        }
        return size;
    }

    private void requireFewSequences() {
        if (release() < SMALL_BLOCKS_RELEASE && options.maxSequences() > MOST_SEQUENCES) {
            throw new OnnxEngineException("maxSequences " + options.maxSequences() + " on " + options.device()
                    + ": ONNX Runtime " + version + " takes at most " + MOST_SEQUENCES + "; 1." + SMALL_BLOCKS_RELEASE
                    + " takes more");
        }
    }

    private int release() {
        Matcher matcher = RELEASE.matcher(version);
        return matcher.matches() ? Integer.parseInt(matcher.group(1)) : SMALL_BLOCKS_RELEASE;
    }
}
