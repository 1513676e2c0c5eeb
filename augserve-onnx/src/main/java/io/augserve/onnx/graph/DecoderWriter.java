package io.augserve.onnx.graph;

import static io.augserve.onnx.runtime.ElementType.FLOAT;
import static io.augserve.onnx.runtime.ElementType.INT32;
import static io.augserve.onnx.runtime.ElementType.INT64;

import io.augserve.onnx.linear.LinearOperators;
import io.augserve.onnx.model.ModelConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Writes the nodes of one decoder:
 *
 * <pre>{@code
 * x = embedding[input_ids]
 * for each layer:
 *     h = rms(x);  x = x + o(paged_attention(rope(norm(q(h))), rope(norm(k(h))), v(h)))
 *     h = rms(x);  x = x + down(silu(gate(h)) * up(h))
 * logits = head(rms(x[logit_rows]))
 * }</pre>
 *
 * All in the type that the {@link GraphTarget} computes in, but logits, which are float, and what {@link SamplingHead} makes of them.
 *
 * The sum {@code x + ...} and the norm behind it are one operator, {@code SkipSimplifiedLayerNormalization}, which passes
 * once over memory and gives both. What the linear layers are is said by {@link LinearLayers}. One writer writes one graph; not
 * thread-safe.
 */
final class DecoderWriter {
    private static final String ONNX = "";
    private static final String MICROSOFT = "com.microsoft";
    private static final Map<String, Integer> OPERATOR_SETS = Map.of(ONNX, 18, MICROSOFT, 1, LinearOperators.DOMAIN, 1);
    private static final int NO_WINDOW = -1;

    private final ModelConfig config;
    private final DecoderSignature signature;
    private final int maxContext;
    private final GraphTarget target;
    private final LinearLayers layers;
    private final OnnxWriter onnx = new OnnxWriter();
    private final GraphNodes nodes;
    private String cosines = "cos_cache";
    private String sines = "sin_cache";

    DecoderWriter(ModelConfig config, ExternalWeights weights, DecoderSignature signature, int maxContext,
            GraphTarget target, LinearLayers layers) {
        this.config = config;
        this.signature = signature;
        this.maxContext = maxContext;
        this.target = target;
        this.layers = layers;
        nodes = new GraphNodes(onnx, weights, target.compute());
    }

    /** The residual stream between two layers and its normalised form. */
    private record Stream(String residual, String normed) {}

    byte[] write() {
        declareInputs();
        addConstants();
        String embedded = layers.lookUp(nodes, "model.embed_tokens", DecoderTensors.EMBEDDING, signature.inputIds());
        Stream stream = new Stream(embedded, norm(embedded, DecoderTensors.layer(0) + "input_layernorm"));
        String feedForward = "";
        for (int layer = 0; layer < config.layers(); layer++) {
            String prefix = DecoderTensors.layer(layer);
            if (layer > 0) {
                stream = addAndNorm(stream, feedForward, prefix + "input_layernorm");
            }
            stream = addAndNorm(stream, attention(layer, stream.normed()), prefix + "post_attention_layernorm");
            feedForward = feedForward(prefix + "mlp.", stream.normed());
        }
        logits(call("model.residual", ONNX, "Add", List.of(stream.residual(), feedForward)));
        return onnx.write("decoder", OPERATOR_SETS);
    }

    private void declareInputs() {
        Dimension batch = Dimension.of("batch");
        onnx.input(signature.inputIds(), INT64, Dimension.of("tokens"));
        onnx.input(signature.cumulativeSequenceLength(), INT32, Dimension.of("batch_plus_1"));
        onnx.input(signature.pastSeqlens(), INT32, batch);
        onnx.input(signature.blockTable(), INT32, batch, Dimension.of("max_blocks"));
        onnx.input(signature.logitRows(), INT64, Dimension.of("rows"));
        signature.attentionMetadata().ifPresent(name -> onnx.input(name, INT32, Dimension.of(2)));
        for (int layer = 0; layer < config.layers(); layer++) {
            declareCache(signature.keyCaches().get(layer));
            declareCache(signature.valueCaches().get(layer));
        }
        onnx.output(signature.logits(), FLOAT, Dimension.of("rows"), Dimension.of(config.vocabSize()));
        signature.sampling().ifPresent(head -> {
            onnx.input(head.input());
            head.outputs().forEach(onnx::output);
        });
    }

    private void declareCache(String name) {
        onnx.input(name, target.cache(), Dimension.of("num_blocks"), Dimension.of("block_size"),
                Dimension.of(config.kvHeads()), Dimension.of(config.headSize()));
    }

    private void addConstants() {
        RotaryTable table = new RotaryTable(maxContext, config.headSize(), config.ropeTheta(), config.ropeScaling());
        onnx.floats("cos_cache", table.cosines(), maxContext, config.headSize() / 2);
        onnx.floats("sin_cache", table.sines(), maxContext, config.headSize() / 2);
        if (target.compute() != FLOAT) {
            cosines = nodes.cast("cos_cache.cast", cosines);
            sines = nodes.cast("sin_cache.cast", sines);
        }
        if (config.architecture().normalisesHeads()) { // 0 copies the dimension, so that zero tokens work too
            onnx.longs("query_heads", 0, config.heads(), config.headSize());
            onnx.longs("query_rows", 0, (long) config.heads() * config.headSize());
            onnx.longs("key_heads", 0, config.kvHeads(), config.headSize());
            onnx.longs("key_rows", 0, (long) config.kvHeads() * config.headSize());
        }
    }

    private String attention(int layer, String x) {
        String prefix = DecoderTensors.layer(layer) + "self_attn.";
        List<String> projected = layers.linear(nodes, List.of(prefix + "q_proj", prefix + "k_proj", prefix + "v_proj"),
                x, config.queryKeyValueBias());
        String query = projected.get(0);
        String key = projected.get(1);
        String value = projected.get(2);
        if (config.architecture().normalisesHeads()) {
            query = normHeads(prefix + "q_norm", query, "query_heads", "query_rows");
            key = normHeads(prefix + "k_norm", key, "key_heads", "key_rows");
        }
        OptionalInt window = config.attentionWindows().get(layer);
        String mixed = call(prefix + "paged_attention", MICROSOFT, "PagedAttention",
                attentionInputs(layer, query, key, value),
                Attribute.of("num_heads", config.heads()), Attribute.of("kv_num_heads", config.kvHeads()),
                Attribute.of("do_rotary", 1), Attribute.of("scale", (float) (1 / Math.sqrt(config.headSize()))),
                Attribute.of("local_window_size", window.orElse(NO_WINDOW)));
        return linear(prefix + "o_proj", mixed, config.attentionOutputBias());
    }

    private List<String> attentionInputs(int layer, String query, String key, String value) {
        List<String> inputs = new ArrayList<>(List.of(query, key, value, signature.keyCaches().get(layer),
                signature.valueCaches().get(layer), signature.cumulativeSequenceLength(), signature.pastSeqlens(),
                signature.blockTable(), cosines, sines));
        signature.attentionMetadata().ifPresent(name -> inputs.addAll(AttentionNode.metadata(inputs.size(), name)));
        return inputs;
    }

    private String feedForward(String prefix, String x) {
        String gated = layers.gated(nodes, prefix, x, config.mlpBias());
        return linear(prefix + "down_proj", gated, config.mlpBias());
    }

    private void logits(String residual) {
        String rows = call("model.logit_rows", ONNX, "Gather", List.of(residual, signature.logitRows()));
        String normed = norm(rows, "model.norm");
        String head = config.tieWordEmbeddings() ? DecoderTensors.EMBEDDING : DecoderTensors.HEAD;
        layers.head(nodes, "lm_head", head, normed, signature.logits());
        signature.sampling().ifPresent(sampling -> {
            sampling.constants().forEach(onnx::longs);
            sampling.nodes(signature.logits()).forEach(onnx::node);
        });
    }

    private String linear(String name, String x, boolean bias) {
        return layers.linear(nodes, List.of(name), x, bias).getFirst();
    }

    private String norm(String x, String name) {
        return call(name, ONNX, "SimplifiedLayerNormalization", List.of(x, nodes.weight(name + ".weight")),
                Attribute.of("axis", -1), epsilon());
    }

    private String normHeads(String name, String x, String heads, String rows) {
        String split = call(name + ".heads", ONNX, "Reshape", List.of(x, heads));
        return call(name + ".rows", ONNX, "Reshape", List.of(norm(split, name), rows));
    }

    private Stream addAndNorm(Stream stream, String addend, String name) {
        Stream next = new Stream(name + ".residual", name + ".out");
        node(name, MICROSOFT, "SkipSimplifiedLayerNormalization",
                List.of(addend, stream.residual(), nodes.weight(name + ".weight")),
                List.of(next.normed(), "", "", next.residual()), epsilon());
        return next;
    }

    private Attribute epsilon() {
        return Attribute.of("epsilon", (float) config.rmsNormEps());
    }

    private String call(String name, String domain, String operator, List<String> inputs, Attribute... attributes) {
        return nodes.call(name, domain, operator, inputs, attributes);
    }

    private void node(String name, String domain, String operator, List<String> inputs, List<String> outputs,
            Attribute... attributes) {
        nodes.node(name, domain, operator, inputs, outputs, attributes);
    }
}
