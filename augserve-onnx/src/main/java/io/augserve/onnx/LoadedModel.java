package io.augserve.onnx;

import io.augserve.engine.Batch;
import io.augserve.engine.ChatFormat;
import io.augserve.engine.EngineSpec;
import io.augserve.engine.KvCache;
import io.augserve.engine.Sample;
import io.augserve.engine.Sequence;
import io.augserve.engine.Slice;
import io.augserve.onnx.graph.CopyingModel;
import io.augserve.onnx.graph.DecoderModel;
import io.augserve.onnx.graph.PagedModel;
import io.augserve.onnx.grammar.Constraints;
import io.augserve.onnx.grammar.TurnGrammars;
import io.augserve.onnx.kernel.AttentionRehearsal;
import io.augserve.onnx.kernel.PagedAttention;
import io.augserve.onnx.kernel.Rehearsal;
import io.augserve.onnx.kernel.Workers;
import io.augserve.onnx.kv.BlockCopier;
import io.augserve.onnx.kv.BlockMover;
import io.augserve.onnx.kv.BlockTable;
import io.augserve.onnx.kv.DirectCopier;
import io.augserve.onnx.kv.HostPool;
import io.augserve.onnx.kv.KvPools;
import io.augserve.onnx.kv.KvShape;
import io.augserve.onnx.kv.PagedKvCache;
import io.augserve.onnx.kv.SessionCopier;
import io.augserve.onnx.model.GenerationDefaults;
import io.augserve.onnx.runtime.CudaRuntime;
import io.augserve.onnx.runtime.CustomOperator;
import io.augserve.onnx.runtime.DeviceMemory;
import io.augserve.onnx.runtime.OrtEnvironment;
import io.augserve.onnx.runtime.OrtException;
import io.augserve.onnx.runtime.OrtLibrary;
import io.augserve.onnx.runtime.OrtSession;
import io.augserve.onnx.runtime.SessionOptions;
import io.augserve.onnx.sampling.SamplingRehearsal;
import io.augserve.onnx.text.ChatFormats;
import io.augserve.onnx.text.Tokenizer;
import io.augserve.request.OutputConstraint;
import io.augserve.request.SamplingOptions;
import io.augserve.tool.ToolSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A model that is ready to run: session, KV pools, binding, sampler and chat format, opened and closed together. */
final class LoadedModel implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LoadedModel.class);

    /** Several times what it takes on an idle machine. */
    private static final Duration REHEARSAL = Duration.ofSeconds(5);

    private final Resources resources;
    private final long weightBytes;
    private final long kvBytes;
    private final PagedKvCache kv;
    private final BlockMover mover;
    private final BitSet touched = new BitSet();
    private final Forward forward;
    private final StepSampler sampler;
    private final EngineSpec spec;
    private final Optional<ChatFormat> chatFormat;
    private final StepMeter meter;
    private final Constraints constraints;

    private LoadedModel(OnnxOptions options, Resources resources) {
        this.resources = resources;
        Device device = options.device();
        OrtLibrary library = OrtLibrary.find(options.library(), device.memory());
        OrtEnvironment environment = resources.add(OrtEnvironment.create(library));
        environment.requireDevice(device.memory());
        Placement placement = new Placement(options, library.version());
        Workers workers = resources.add(new Workers(options.threads()));
        ServedModel served = ServedModel.open(options.directory(), placement, workers, resources);
        DecoderModel decoder = served.decoder();
        weightBytes = decoder.weightBytesPerRun();
        chatFormat = options.chatFormat().or(() -> detectChatFormat(served.directory()));
        SessionOptions sessionOptions = sessionOptions(options, served, workers);
        OrtSession session = resources.add(environment.openSession(decoder.toOnnx(), sessionOptions));
        KvShape one = new KvShape(decoder.layers(), 1, placement.blockSize(decoder.headSize()), decoder.kvHeads(),
                decoder.headSize(), decoder.kvType());
        KvShape shape = new KvBudget(options, memory(device)).shape(decoder, one);
        kvBytes = shape.bytes();
        int hostBlocks = options.hostKvBytes() == 0 ? 0 : shape.withBlocksFor(options.hostKvBytes()).blocks();
        kv = new PagedKvCache(shape.blockSize(), shape.blocks(), hostBlocks);
        KvPools pools = resources.add(KvPools.allocate(session, shape));
        HostPool host = resources.add(HostPool.allocate(shape, hostBlocks));
        BlockCopier copier = resources.add(device.isAddressed()
                ? new DirectCopier(pools, host)
                : new SessionCopier(environment, pools, host, sessionOptions));
        mover = resources.add(new BlockMover(copier));
        forward = resources.add(switch (decoder) {
            case PagedModel paged when paged.signature().sampling().isPresent() -> new DeviceForward(environment,
                    session, paged, paged.signature().sampling().get(), kv, pools, options, sessionOptions);
            case PagedModel paged -> new PagedForward(environment, session, paged, kv, pools, options);
            case CopyingModel copying -> new CopyingForward(environment, session, copying, kv, pools, options);
        });
        meter = new StepMeter(decoder.weightBytesPerRun(), shape.bytesPerBlock() / shape.blockSize(), forward::run);
        spec = new EngineSpec(options.directory().toAbsolutePath().normalize().getFileName().toString(),
                decoder.vocabSize(), decoder.maxContext(), Set.copyOf(served.eosIds()), options.maxBatchTokens(),
                options.maxSequences(), defaultSampling(served.generation()));
        constraints = new Constraints(spec, chatFormat);
        sampler = new StepSampler(workers, decoder.vocabSize(), constraints);
        if (options.warmUp() && device.isAddressed()) {
            List<Runnable> pieces = new ArrayList<>(served.rehearsal());
            pieces.add(AttentionRehearsal.of(shape.blockSize(), decoder.kvType()));
            pieces.addAll(SamplingRehearsal.pieces());
            Rehearsal.runWithinShare(pieces, REHEARSAL);
        }
    }

    /** On CUDA attention is ONNX Runtime's own, and the arena grows by what is asked for instead of doubling. */
    private static SessionOptions sessionOptions(OnnxOptions options, ServedModel served, Workers workers) {
        DecoderModel decoder = served.decoder();
        SessionOptions common = SessionOptions.defaults().withExternalInitializers(decoder.weightsFolder())
                .withDevice(options.device().memory());
        if (options.device().isCuda()) {
            return common.withDeviceOptions(Map.of("arena_extend_strategy", "kSameAsRequested"));
        }
        List<CustomOperator> operators = new ArrayList<>(served.operators());
        operators.add(PagedAttention.operator(workers, decoder.kvType(), served.compute()));
        // With linear layers of our own, what is left to ONNX Runtime's operators is too little to wake its threads for.
        int threads = served.operators().isEmpty() ? options.threads() : 1;
        return common.withIntraOpThreads(threads).withOperators(operators.toArray(CustomOperator[]::new));
    }

    private static Optional<DeviceMemory> memory(Device device) {
        if (!device.isCuda()) {
            return Optional.empty();
        }
        Optional<DeviceMemory> memory = CudaRuntime.find().map(cuda -> cuda.memory(device.ordinal()));
        if (memory.isEmpty()) {
            LOG.warn(
                    "the free memory of {} is unknown, because CUDA's runtime library (libcudart) was not found: the KV "
                            + "cache has its default size unless kvCacheTokens is set",
                    device);
        }
        return memory;
    }

    /** Opens everything or, if something fails, nothing. */
    static LoadedModel load(OnnxOptions options) {
        Resources resources = new Resources();
        long begin = System.nanoTime();
        try {
            LoadedModel model = new LoadedModel(options, resources);
            LOG.info("{} loaded on {} in {} ms: {} MB of weights ({}), {} MB of KV cache", options.directory(),
                    options.device(),
                    (System.nanoTime() - begin) / 1_000_000, model.weightBytes >> 20, options.weights().format(),
                    model.kvBytes >> 20);
            if (options.warmUp()) {
                WarmUp.run(model);
                Leftovers.giveBack();
            }
            return model;
        } catch (OrtException e) {
            resources.close();
            throw new OnnxEngineException(
                    String.valueOf(e.getMessage()).strip().replaceAll("\\s*\\R\\s*", " "), e);
        } catch (RuntimeException | Error e) {
            resources.close();
            throw e;
        }
    }

    /** Without a tokenizer the engine takes and gives token ids. */
    private Optional<ChatFormat> detectChatFormat(Path directory) {
        if (Files.notExists(directory.resolve("tokenizer.json"))) {
            return Optional.empty();
        }
        return Optional.of(ChatFormats.detect(directory, resources.add(Tokenizer.load(directory))));
    }

    private static SamplingOptions defaultSampling(GenerationDefaults generation) {
        SamplingOptions.Builder options = SamplingOptions.builder()
                .repetitionPenalty(generation.repetitionPenalty())
                .maxTokens(generation.maxNewTokens().orElse(SamplingOptions.DEFAULT_MAX_TOKENS));
        if (generation.doSample()) {
            options.temperature(generation.temperature()).topK(generation.topK());
            if (generation.topP() > 0) {
                options.topP(generation.topP());
            }
        }
        return options.build();
    }

    /** Moves blocks, computes, samples, and lets the cache know what is in its blocks now. */
    List<Sample> run(Batch batch) {
        mover.begin(kv.takeCopies(), touchedBy(batch));
        if (batch.slices().isEmpty()) {
            mover.await();
            return List.of();
        }
        meter.begin();
        forward.assemble(batch);
        meter.assembled();
        forward.run();
        meter.ran();
        List<Sample> samples = forward.sample(batch, sampler);
        meter.sampled();
        recognise(batch, samples);
        return samples;
    }

    /** The blocks of the batch's sequences: the graph reaches no other. */
    private BitSet touchedBy(Batch batch) {
        touched.clear();
        for (Slice slice : batch.slices()) {
            BlockTable table = kv.table(slice.sequence().id());
            for (int i = 0; i < table.size(); i++) {
                touched.set(table.block(i));
            }
        }
        return touched;
    }

    /** What a faulty sequence computed is kept from others. */
    private void recognise(Batch batch, List<Sample> samples) {
        int next = 0;
        for (Slice slice : batch.slices()) {
            boolean faulty = slice.samples() && samples.get(next++) instanceof Sample.Fault;
            if (!faulty) {
                kv.computed(slice.sequence().id(), slice.end());
            }
        }
    }

    /** Compiles a constraint, which is kept for the requests that bring it. */
    void check(OutputConstraint constraint, List<ToolSpec> tools) {
        TurnGrammars _ = constraints.of(constraint, tools);
    }

    void admitted(Sequence sequence) {
        kv.register(sequence);
    }

    void ended(long sequence) {
        kv.forget(sequence);
        sampler.forget(sequence);
    }

    StepMeter meter() {
        return meter;
    }

    KvCache kvCache() {
        return kv;
    }

    EngineSpec spec() {
        return spec;
    }

    Optional<ChatFormat> chatFormat() {
        return chatFormat;
    }

    @Override
    public void close() {
        resources.close();
        Leftovers.trim();
    }
}
