package io.augserve.jmh.rival;

import io.augserve.onnx.graph.Attribute;
import io.augserve.onnx.graph.Dimension;
import io.augserve.onnx.graph.Node;
import io.augserve.onnx.graph.OnnxWriter;
import io.augserve.onnx.runtime.DeviceTensor;
import io.augserve.onnx.runtime.ElementType;
import io.augserve.onnx.runtime.IoBinding;
import io.augserve.onnx.runtime.OrtEnvironment;
import io.augserve.onnx.runtime.OrtSession;
import io.augserve.onnx.runtime.SessionOptions;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** ONNX Runtime's GroupQueryAttention in place: every present tensor is its past tensor, [batch, kvHeads, capacity, headSize]. */
final class NativeContender implements Contender, RivalGraph.Attention {
    private final DecoderShape shape;
    private final Noise noise;
    private final OrtSession session;
    private final IoBinding binding;
    private final Tensors tensors;
    private DeviceTensor logits;

    NativeContender(OrtEnvironment environment, DecoderShape shape, WeightFile weights, Noise noise, int threads) {
        this.shape = shape;
        this.noise = noise;
        session = environment.openSession(RivalGraph.write(shape, weights, false, this),
                SessionOptions.defaults().withIntraOpThreads(threads).withExternalInitializers(weights.folder()));
        binding = session.bind();
        tensors = new Tensors(environment, binding);
        logits = tensors.zeros(ElementType.FLOAT, 1);
    }

    @Override
    public void declare(OnnxWriter graph) {
        Dimension batch = Dimension.of("batch");
        graph.input("seqlens_k", ElementType.INT32, batch);
        graph.input("total", ElementType.INT32, Dimension.of(1));
        Dimension[] cache = {batch, Dimension.of(shape.kvHeads()), Dimension.of("capacity"),
                Dimension.of(shape.headSize())};
        for (int i = 0; i < 2 * shape.layers(); i++) {
            graph.input("past" + i, ElementType.FLOAT, cache);
            graph.output("present" + i, ElementType.FLOAT, cache);
        }
    }

    @Override
    public void add(OnnxWriter graph, int layer, String query, String key, String value, String output) {
        graph.node(new Node(output, RivalGraph.MICROSOFT, "GroupQueryAttention",
                List.of(query, key, value, "past" + 2 * layer, "past" + (2 * layer + 1), "seqlens_k", "total", "cos",
                        "sin"),
                List.of(output, "present" + 2 * layer, "present" + (2 * layer + 1)),
                List.of(Attribute.of("num_heads", shape.heads()), Attribute.of("kv_num_heads", shape.kvHeads()),
                        Attribute.of("do_rotary", 1))));
    }

    @Override
    public void prepare(int batch, int past, int fresh) {
        tensors.close();
        int capacity = past + fresh;
        for (int i = 0; i < 2 * shape.layers(); i++) {
            DeviceTensor cache = tensors.zeros(ElementType.FLOAT, batch, shape.kvHeads(), capacity, shape.headSize());
            for (int b = 0; b < batch; b++) {
                for (int h = 0; h < shape.kvHeads(); h++) {
                    for (int t = 0; t < past; t++) {
                        long row = ((long) b * shape.kvHeads() + h) * capacity + t;
                        for (int d = 0; d < shape.headSize(); d++) {
                            cache.segment().setAtIndex(ValueLayout.JAVA_FLOAT, row * shape.headSize() + d,
                                    noise.at(i, b, h, t, d));
                        }
                    }
                }
            }
            binding.bindInput("past" + i, cache);
            binding.bindOutput("present" + i, cache);
        }
        tensors.longs("ids", i -> Noise.token((int) i / fresh, past + (int) i % fresh, shape.vocabulary()), batch,
                fresh);
        tensors.longs("logit_rows", _ -> fresh - 1, 1);
        tensors.ints("seqlens_k", _ -> capacity - 1, batch);
        tensors.ints("total", _ -> capacity, 1);
        logits = tensors.zeros(ElementType.FLOAT, batch, 1, shape.vocabulary());
        binding.bindOutput("logits", logits);
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
    }
}
