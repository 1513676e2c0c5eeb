package io.augserve.onnx.graph;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.augserve.onnx.kernel.PagedAttention;
import io.augserve.onnx.kernel.Workers;
import io.augserve.onnx.linear.LinearOperators;
import io.augserve.onnx.linear.ServedWeights;
import io.augserve.onnx.linear.WeightOptions;
import io.augserve.onnx.model.ModelDirectory;
import io.augserve.onnx.runtime.CustomOperator;
import io.augserve.onnx.runtime.Device;
import io.augserve.onnx.runtime.DeviceTensor;
import io.augserve.onnx.runtime.ElementType;
import io.augserve.onnx.runtime.IoBinding;
import io.augserve.onnx.runtime.OrtEnvironment;
import io.augserve.onnx.runtime.OrtLibrary;
import io.augserve.onnx.runtime.OrtSession;
import io.augserve.onnx.runtime.SessionOptions;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The least that runs a decoder graph: a session with the Java kernel, zeroed cache pools, and one run at a time. */
final class PagedDecoder implements AutoCloseable {
    private final Deque<Runnable> closers = new ArrayDeque<>();
    private final DecoderSignature signature;
    private final OrtEnvironment environment;
    private final IoBinding binding;

    /**
     * New tokens of one sequence.
     *
     * @param tokens to compute; may be empty
     * @param past how many tokens of the sequence are in the cache
     * @param blocks the sequence's cache blocks
     */
    record Chunk(List<Integer> tokens, int past, List<Integer> blocks) {}

    /** A decoder over weights as they are stored. */
    PagedDecoder(ModelDirectory model, int blocks, int blockSize) {
        this(model, blocks, blockSize, true);
    }

    /** @param product whether linear layers are our own or ONNX Runtime's */
    PagedDecoder(ModelDirectory model, int blocks, int blockSize, boolean product) {
        Workers workers = opened(new Workers(2), Workers::close);
        ServedWeights weights = opened(ServedWeights.open(model.weights(), DecoderTensors.matrices(model.config()),
                Set.of(), WeightOptions.AS_STORED, workers), ServedWeights::close);
        DecoderGraph graph = DecoderGraph.of(model.config(), model.weights(), Integer.MAX_VALUE,
                product ? new ProductLayers(weights) : LinearLayers.gemm());
        signature = graph.signature();
        environment = opened(OrtEnvironment.create(OrtLibrary.bundled()), OrtEnvironment::close);
        List<CustomOperator> operators = new ArrayList<>(LinearOperators.of(weights.layers(), workers));
        operators.add(PagedAttention.operator(workers));
        SessionOptions options = SessionOptions.defaults().withIntraOpThreads(1)
                .withExternalInitializers(graph.weightsFolder())
                .withOperators(operators.toArray(CustomOperator[]::new));
        OrtSession session = opened(environment.openSession(graph.toOnnx(), options), OrtSession::close);
        binding = opened(session.bind(), IoBinding::close);
        Stream.concat(signature.keyCaches().stream(), signature.valueCaches().stream()).forEach(name -> {
            DeviceTensor pool = DeviceTensor.zeros(environment, ElementType.FLOAT, blocks, blockSize,
                    signature.kvHeads(), signature.headSize());
            binding.bindInput(name, opened(pool, DeviceTensor::close));
        });
        binding.bindOutputToDevice(signature.logits(), Device.CPU);
    }

    /** Runs one packed batch and returns the logits of these rows of it. */
    float[][] run(List<Chunk> batch, int... logitRows) {
        int[] starts = new int[batch.size() + 1];
        Arrays.setAll(starts, i -> batch.subList(0, i).stream().mapToInt(chunk -> chunk.tokens().size()).sum());
        int width = batch.stream().mapToInt(chunk -> chunk.blocks().size()).max().orElseThrow();
        int[] table = new int[batch.size() * width];
        for (int i = 0; i < table.length; i++) {
            List<Integer> blocks = batch.get(i / width).blocks();
            table[i] = i % width < blocks.size() ? blocks.get(i % width) : -1;
        }
        List<DeviceTensor> inputs = new ArrayList<>();
        try {
            inputs.add(bind(signature.inputIds(),
                    batch.stream().flatMap(chunk -> chunk.tokens().stream()).mapToLong(Integer::longValue).toArray()));
            inputs.add(bind(signature.logitRows(), Arrays.stream(logitRows).asLongStream().toArray()));
            inputs.add(bind(signature.cumulativeSequenceLength(), starts, starts.length));
            inputs.add(bind(signature.pastSeqlens(), batch.stream().mapToInt(Chunk::past).toArray(), batch.size()));
            inputs.add(bind(signature.blockTable(), table, batch.size(), width));
            binding.run();
        } finally {
            inputs.forEach(DeviceTensor::close);
        }
        try (DeviceTensor logits = binding.output(signature.logits())) {
            float[] all = logits.segment().toArray(JAVA_FLOAT);
            int vocab = signature.vocabSize();
            return Stream.iterate(0, row -> row + 1).limit(logits.shape()[0])
                    .map(row -> Arrays.copyOfRange(all, row * vocab, (row + 1) * vocab)).toArray(float[][]::new);
        }
    }

    private DeviceTensor bind(String name, long[] values) {
        DeviceTensor tensor = DeviceTensor.zeros(environment, ElementType.INT64, values.length);
        MemorySegment.copy(values, 0, tensor.segment(), JAVA_LONG, 0, values.length);
        binding.bindInput(name, tensor);
        return tensor;
    }

    private DeviceTensor bind(String name, int[] values, long... shape) {
        DeviceTensor tensor = DeviceTensor.zeros(environment, ElementType.INT32, shape);
        MemorySegment.copy(values, 0, tensor.segment(), JAVA_INT, 0, values.length);
        binding.bindInput(name, tensor);
        return tensor;
    }

    private <T> T opened(T resource, Consumer<T> close) {
        closers.push(() -> close.accept(resource));
        return resource;
    }

    @Override
    public void close() {
        closers.forEach(Runnable::run);
        closers.clear();
    }
}
