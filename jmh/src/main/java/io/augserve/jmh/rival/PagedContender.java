package io.augserve.jmh.rival;

import io.augserve.onnx.graph.Attribute;
import io.augserve.onnx.graph.Dimension;
import io.augserve.onnx.graph.Node;
import io.augserve.onnx.graph.OnnxWriter;
import io.augserve.onnx.kernel.KvLayout;
import io.augserve.onnx.kernel.PagedAttention;
import io.augserve.onnx.kernel.Workers;
import io.augserve.onnx.runtime.DeviceTensor;
import io.augserve.onnx.runtime.ElementType;
import io.augserve.onnx.runtime.IoBinding;
import io.augserve.onnx.runtime.OrtEnvironment;
import io.augserve.onnx.runtime.OrtSession;
import io.augserve.onnx.runtime.SessionOptions;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** PagedAttention in Java, over blocks that are scattered over a pool. */
final class PagedContender implements Contender, RivalGraph.Attention {
    private final DecoderShape shape;
    private final Noise noise;
    private final int blockSize;
    private final Workers workers;
    private final OrtSession session;
    private final IoBinding binding;
    private final Tensors tensors;
    private DeviceTensor logits;

    PagedContender(OrtEnvironment environment, DecoderShape shape, WeightFile weights, Noise noise, int threads,
            int blockSize) {
        this.shape = shape;
        this.noise = noise;
        this.blockSize = blockSize;
        workers = new Workers(threads);
        session = environment.openSession(RivalGraph.write(shape, weights, true, this),
                SessionOptions.defaults().withIntraOpThreads(threads).withExternalInitializers(weights.folder())
                        .withOperators(PagedAttention.operator(workers)));
        binding = session.bind();
        tensors = new Tensors(environment, binding);
        logits = tensors.zeros(ElementType.FLOAT, 1);
    }

    @Override
    public void declare(OnnxWriter graph) {
        graph.input("cumulative", ElementType.INT32, Dimension.of("batch_plus_1"));
        graph.input("past", ElementType.INT32, Dimension.of("batch"));
        graph.input("table", ElementType.INT32, Dimension.of("batch"), Dimension.of("width"));
        for (int i = 0; i < 2 * shape.layers(); i++) {
            graph.input("cache" + i, ElementType.FLOAT, Dimension.of("blocks"), Dimension.of(blockSize),
                    Dimension.of(shape.kvHeads()), Dimension.of(shape.headSize()));
        }
    }

    @Override
    public void add(OnnxWriter graph, int layer, String query, String key, String value, String output) {
        graph.node(new Node(output, PagedAttention.DOMAIN, PagedAttention.NAME,
                List.of(query, key, value, "cache" + 2 * layer, "cache" + (2 * layer + 1), "cumulative", "past",
                        "table",
                        "cos", "sin"),
                List.of(output), List.of(Attribute.of("num_heads", shape.heads()),
                        Attribute.of("kv_num_heads", shape.kvHeads()), Attribute.of("do_rotary", 1))));
    }

    @Override
    public void prepare(int batch, int past, int fresh) {
        tensors.close();
        int width = (past + fresh + blockSize - 1) / blockSize;
        List<Integer> blocks = new ArrayList<>();
        for (int i = 0; i < batch * width; i++) {
            blocks.add(i);
        }
        Collections.shuffle(blocks, new Random(3));
        for (int i = 0; i < 2 * shape.layers(); i++) {
            DeviceTensor cache = tensors.zeros(ElementType.FLOAT, blocks.size(), blockSize, shape.kvHeads(),
                    shape.headSize());
            fill(i, cache.segment(), blocks, batch, past);
            binding.bindInput("cache" + i, cache);
        }
        tensors.longs("ids", i -> Noise.token((int) i / fresh, past + (int) i % fresh, shape.vocabulary()),
                (long) batch * fresh);
        tensors.longs("logit_rows", i -> (i + 1) * fresh - 1, batch);
        tensors.ints("cumulative", i -> i * fresh, batch + 1);
        tensors.ints("past", _ -> past, batch);
        tensors.ints("table", i -> blocks.get((int) i), batch, width);
        logits = tensors.zeros(ElementType.FLOAT, batch, shape.vocabulary());
        binding.bindOutput("logits", logits);
    }

    private void fill(int cache, MemorySegment memory, List<Integer> blocks, int batch, int past) {
        int width = blocks.size() / batch;
        KvLayout layout = new KvLayout(blocks.size(), blockSize, shape.kvHeads(), shape.headSize(), ElementType.FLOAT);
        for (int b = 0; b < batch; b++) {
            for (int t = 0; t < past; t++) {
                int block = blocks.get(b * width + t / blockSize);
                for (int h = 0; h < shape.kvHeads(); h++) {
                    for (int d = 0; d < shape.headSize(); d++) {
                        long index = cache % 2 == 0
                                ? layout.keyIndex(block, t % blockSize, h, d)
                                : layout.valueIndex(block, t % blockSize, h, d);
                        memory.setAtIndex(ValueLayout.JAVA_FLOAT, index, noise.at(cache, b, h, t, d));
                    }
                }
            }
        }
    }

    @Override
    public void run() {
        binding.run();
    }

    @Override
    public float[] logits() {
        return logits.segment().toArray(ValueLayout.JAVA_FLOAT);
    }

    @Override
    public void close() {
        tensors.close();
        binding.close();
        session.close();
        workers.close();
    }
}
