package io.augserve.onnx;

import static java.util.Objects.requireNonNull;

import io.augserve.engine.Batch;
import io.augserve.engine.ChatFormat;
import io.augserve.engine.Engine;
import io.augserve.engine.EngineSpec;
import io.augserve.engine.KvCache;
import io.augserve.engine.Sequence;
import io.augserve.engine.StepOutcome;
import io.augserve.onnx.linear.WeightOptions;
import io.augserve.onnx.model.WeightFormat;
import io.augserve.onnx.runtime.OrtException;
import io.augserve.request.OutputConstraint;
import io.augserve.tool.ToolSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Runs a Hugging Face model directory on ONNX Runtime. The decoder graph is written at load time and reads the weights straight from
 * the safetensors files; KV blocks are pages of one pool a layer; every step packs prefill chunks and decodes of many sequences.
 *
 * <pre>{@code
 * Engine engine = OnnxEngine.open(Path.of("Qwen2.5-0.5B-Instruct"));
 * }</pre>
 *
 * Families: Llama, Mistral, Qwen2, Qwen3. On the CPU computes in fp32, from weights as they are stored or in a
 * {@link WeightFormat} of one's choice.
 *
 * <p>{@link Builder#device} chooses where: on an NVIDIA GPU through ONNX Runtime's CUDA provider the model computes in fp16 or bf16, and the KV cache never
 * leaves the device but for swaps.
 *
 * <p>A directory without safetensors files may hold an ONNX export of any decoder: what {@code genai_config.json} names,
 * {@code model.onnx} or {@code onnx/model.onnx}; a path to an {@code .onnx} file names one. Exports with PagedAttention or
 * GroupQueryAttention attend to the same KV blocks; others, and those with something that the paged kernel lacks, run in a
 * compatibility mode that copies past keys and values in every step and says so in the log.
 *
 * <p>KV blocks with equal contents are shared, and stay after the end of a request until others need the room: a policy that reuses
 * what is in the cache computes a system prompt, the definitions of tools or the earlier turns of a conversation once.
 *
 * <p>The weight files are mapped, not copied. While an engine is open they may be replaced (written elsewhere and renamed) or
 * deleted, but not overwritten in place: a mapped file that shrinks ends the process.
 */
public final class OnnxEngine implements Engine {
    private final LoadedModel model;
    private boolean closed;

    private OnnxEngine(LoadedModel model) {
        this.model = model;
    }

    /**
     * Opens a model directory with all defaults.
     *
     * @throws io.augserve.onnx.model.ModelFormatException if the directory cannot be served; nothing stays open
     * @throws OnnxEngineException if ONNX Runtime cannot be loaded or refuses the model; nothing stays open
     */
    public static OnnxEngine open(Path directory) {
        return builder(directory).build();
    }

    /** Starts an engine's description. */
    public static Builder builder(Path directory) {
        return new Builder(directory);
    }

    /** For those who measure: where the time of a step went, and what its least would be. */
    public StepMeter meter() {
        return model.meter();
    }

    @Override
    public EngineSpec spec() {
        return model.spec();
    }

    @Override
    public KvCache kvCache() {
        return model.kvCache();
    }

    @Override
    public Optional<ChatFormat> chatFormat() {
        return model.chatFormat();
    }

    /**
     * Compiles a constraint into grammars over the model's tokens. Kept are those of models with a tokenizer and a chat format that was
     * recognised; the first one sorts the vocabulary, a fraction of a second for a large one.
     *
     * @throws IllegalArgumentException if a schema says something that is not understood, with its place; or if the model has no tokenizer,
     *         no end token or a chat format of the application's own
     */
    @Override
    public void check(OutputConstraint constraint, List<ToolSpec> tools) {
        model.check(constraint, tools);
    }

    @Override
    public StepOutcome step(Batch batch) {
        try {
            return new StepOutcome.Completed(model.run(batch));
        } catch (OrtException e) {
            return new StepOutcome.Failed(e, false);
        }
    }

    @Override
    public void admitted(Sequence sequence) {
        model.admitted(sequence);
    }

    @Override
    public void ended(long sequence) {
        model.ended(sequence);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            model.close();
        }
    }

    /** Sets what differs from the defaults. */
    public static final class Builder {
        private static final int DEFAULT_TOP_K = 64;

        private final Path directory;
        private int threads = Runtime.getRuntime().availableProcessors();
        private Device device = Device.cpu();
        private OptionalInt blockSize = OptionalInt.empty();
        private int maxContext = 8192;
        private int kvCacheTokens;
        private long hostKvBytes;
        private double memoryFraction = 0.9;
        private Optional<KvType> kvType = Optional.empty();
        private int deviceTopK = DEFAULT_TOP_K;
        private int maxBatchTokens = 512;
        private int maxSequences = 256;
        private boolean warmUp = true;
        private WeightFormat weights = WeightFormat.AS_STORED;
        private int groupSize = WeightOptions.DEFAULT_GROUP;
        private Optional<Path> cacheFolder = Optional.empty();
        private Optional<Path> library = Optional.empty();
        private Optional<ChatFormat> chatFormat = Optional.empty();

        private Builder(Path directory) {
            this.directory = requireNonNull(directory, "directory");
        }

        /** Threads that one step uses; default: one for each processor. */
        public Builder threads(int value) {
            threads = positive("threads", value);
            return this;
        }

        /** Where the engine computes; default {@link Device#cpu()}. */
        public Builder device(Device value) {
            device = requireNonNull(value, "device");
            return this;
        }

        /**
         * Tokens of a KV block; default 16 on the CPU, and on CUDA the smallest with which its attention is fast: 64 to 256, by the size of a head.
         * Other sizes than multiples of that are refused there.
         */
        public Builder blockSize(int value) {
            blockSize = OptionalInt.of(positive("blockSize", value));
            return this;
        }

        /** Longest sequence in tokens; the model's own limit bounds it; default 8192. */
        public Builder maxContext(int value) {
            maxContext = positive("maxContext", value);
            return this;
        }

        /**
         * Tokens that the KV cache holds, rounded up to whole blocks. Default on the CPU: sixteen sequences of the longest context, or what fits
         * 512 MiB if that is less, but at least one such sequence; on CUDA what {@link #memoryFraction} leaves.
         */
        public Builder kvCacheTokens(int value) {
            kvCacheTokens = positive("kvCacheTokens", value);
            return this;
        }

        /**
         * The share of a CUDA device's memory that weights, KV cache and the workspace of a step may fill, what others use of it counted in; default
         * 0.9. Without effect elsewhere, or with {@link #kvCacheTokens}.
         *
         * @throws IllegalArgumentException unless in (0, 1]
         */
        public Builder memoryFraction(double value) {
            if (!(value > 0 && value <= 1)) {
                throw new IllegalArgumentException("memoryFraction: expected in (0, 1], got " + value);
            }
            memoryFraction = value;
            return this;
        }

        /**
         * Bytes of host memory that swapped-out requests may fill, rounded down to whole KV blocks. Default 0: nothing is swapped. On the
         * CPU both are the machine's one memory, so this is more room for a policy that swaps, bought at the price of a copy.
         *
         * @param value at least 0; if positive, at least one block, or {@link #build} throws IllegalArgumentException
         */
        public Builder hostKvBytes(long value) {
            if (value < 0) {
                throw new IllegalArgumentException("hostKvBytes: expected >= 0, got " + value);
            }
            hostKvBytes = value;
            return this;
        }

        /** What the KV cache is kept in; default on the CPU {@link KvType#FP32}, on CUDA what the model computes in, which is all that it can be there. */
        public Builder kvType(KvType value) {
            kvType = Optional.of(value);
            return this;
        }

        /**
         * How many of a row's highest logits come back from a device to be sampled from, instead of all; default 64, and 0 for all. Without effect on
         * the CPU. Greedy sampling, and top-k, top-p and min-p that leave no more than these in play, give the same tokens as on the host; whatever needs
         * more gets the whole row: penalties, bias, a nucleus that reaches beyond, and one in so many draws at a temperature alone.
         *
         * @throws IllegalArgumentException unless 0 to 1024
         */
        public Builder deviceTopK(int value) {
            if (value < 0 || value > 1024) {
                throw new IllegalArgumentException("deviceTopK: expected 0 to 1024, got " + value);
            }
            deviceTopK = value;
            return this;
        }

        /** Tokens of a step at most; default 512. */
        public Builder maxBatchTokens(int value) {
            maxBatchTokens = positive("maxBatchTokens", value);
            return this;
        }

        /** Sequences of a step at most; default 256. */
        public Builder maxSequences(int value) {
            maxSequences = positive("maxSequences", value);
            return this;
        }

        /**
         * Whether {@link #build()} runs small computations and a few throw-away steps, for some seconds and less in a JVM that has run some before,
         * so that the first request does not wait for classes to load and the JIT to compile; and then has garbage collected and freed memory given back
         * to the system, which is some hundredths of a second in which the application stands still ({@code -XX:+DisableExplicitGC} forbids the former).
         * Without it the first requests are slow, and make gigabytes of garbage for which the heap grows. Default true.
         */
        public Builder warmUp(boolean value) {
            warmUp = value;
            return this;
        }

        /**
         * What the model's matrices are kept in; default {@link WeightFormat#AS_STORED}. Another format than the checkpoint's is converted to once:
         * {@link #build()} writes a file beside the checkpoint, or into the system's temporary folder if it must not write there, and maps it. It is
         * written again when the checkpoint changes. Weights in fp32, converted or stored so, are held by ONNX Runtime instead and leave no file.
         * An ONNX export keeps its own: {@link #build()} refuses another format for one.
         *
         * <p>On CUDA this is what the model computes in, {@link WeightFormat#FP16} or {@link WeightFormat#BF16}; {@code AS_STORED} means fp16 for weights
         * in fp32. The other formats are refused.
         */
        public Builder weights(WeightFormat value) {
            weights = requireNonNull(value, "weights");
            return this;
        }

        /**
         * Weights that share a scale in a quantised format; default 32.
         *
         * @throws IllegalArgumentException unless 32, 64 or 128
         */
        public Builder groupSize(int value) {
            groupSize = new WeightOptions(weights, value, cacheFolder).groupSize();
            return this;
        }

        /** The folder for converted weights; it is made if there is none. */
        public Builder cacheFolder(Path value) {
            cacheFolder = Optional.of(value);
            return this;
        }

        /**
         * ONNX Runtime's native library, or the folder that it lies in; for CUDA the provider's libraries must lie beside it. Default: what the system
         * property {@code augserve.onnxruntime} names, else the one on the class path: of the official onnxruntime or onnxruntime_gpu, or of the
         * JavaCPP presets.
         */
        public Builder library(Path value) {
            library = Optional.of(value);
            return this;
        }

        /** Default: recognised by the model's own chat template. */
        public Builder chatFormat(ChatFormat value) {
            chatFormat = Optional.of(value);
            return this;
        }

        private static int positive(String name, int value) {
            if (value < 1) {
                throw new IllegalArgumentException(name + ": expected >= 1, got " + value);
            }
            return value;
        }

        /**
         * Loads the model and warms it up.
         *
         * @throws io.augserve.onnx.model.ModelFormatException if the directory cannot be served; nothing stays open
         * @throws OnnxEngineException if ONNX Runtime cannot be loaded, refuses the model or fails to run it, or the device cannot be used; nothing
         *         stays open
         */
        public OnnxEngine build() {
            return new OnnxEngine(LoadedModel.load(options()));
        }

        OnnxOptions options() {
            return new OnnxOptions(directory, device, threads, blockSize, maxContext,
                    kvCacheTokens, memoryFraction, hostKvBytes, kvType, deviceTopK,
                    maxBatchTokens, maxSequences, warmUp,
                    new WeightOptions(weights, groupSize, cacheFolder), library, chatFormat);
        }
    }
}
