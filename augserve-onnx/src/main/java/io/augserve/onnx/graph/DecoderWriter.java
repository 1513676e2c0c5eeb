package io.augserve.onnx.graph;

import static io.augserve.onnx.runtime.ElementType.FLOAT;
import static io.augserve.onnx.runtime.ElementType.INT32;
import static io.augserve.onnx.runtime.ElementType.INT64;

import io.augserve.onnx.model.ModelConfig;
import io.augserve.onnx.model.WeightTensor;
import io.augserve.onnx.model.WeightType;
import io.augserve.onnx.runtime.ElementType;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

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
 * The sum {@code x + ...} and the norm behind it are one operator, {@code SkipSimplifiedLayerNormalization}, which passes
 * once over memory and gives both. Linear layers are {@code Gemm} with {@code transB}, because Hugging Face stores them as
 * [out, in]. One writer writes one graph; not thread-safe.
 */
final class DecoderWriter {
    private static final String ONNX = "";
    private static final String MICROSOFT = "com.microsoft";
    private static final int OPSET = 18;
    private static final int NO_WINDOW = -1;

    private final ModelConfig config;
    private final ExternalWeights weights;
    private final DecoderSignature signature;
    private final int maxContext;
    private final ElementType cache;
    private final OnnxWriter onnx = new OnnxWriter();
    private final Set<String> initializers = new HashSet<>();

    DecoderWriter(ModelConfig config, ExternalWeights weights, DecoderSignature signature, int maxContext,
            ElementType cache) {
        this.config = config;
        this.weights = weights;
        this.signature = signature;
        this.maxContext = maxContext;
        this.cache = cache;
    }

    /** The residual stream between two layers and its normalised form. */
    private record Stream(String residual, String normed) {}

    byte[] write() {
        declareInputs();
        addConstants();
        String embedded = embedding();
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
        return onnx.write("decoder", Map.of(ONNX, OPSET, MICROSOFT, 1));
    }

    private void declareInputs() {
        Dimension batch = Dimension.of("batch");
        onnx.input(signature.inputIds(), INT64, Dimension.of("tokens"));
        onnx.input(signature.cumulativeSequenceLength(), INT32, Dimension.of("batch_plus_1"));
        onnx.input(signature.pastSeqlens(), INT32, batch);
        onnx.input(signature.blockTable(), INT32, batch, Dimension.of("max_blocks"));
        onnx.input(signature.logitRows(), INT64, Dimension.of("rows"));
        for (int layer = 0; layer < config.layers(); layer++) {
            declareCache(signature.keyCaches().get(layer));
            declareCache(signature.valueCaches().get(layer));
        }
        onnx.output(signature.logits(), FLOAT, Dimension.of("rows"), Dimension.of(config.vocabSize()));
    }

    private void declareCache(String name) {
        onnx.input(name, cache, Dimension.of("num_blocks"), Dimension.of("block_size"),
                Dimension.of(config.kvHeads()), Dimension.of(config.headSize()));
    }

    private void addConstants() {
        RotaryTable table = new RotaryTable(maxContext, config.headSize(), config.ropeTheta(), config.ropeScaling());
        onnx.floats("cos_cache", table.cosines(), maxContext, config.headSize() / 2);
        onnx.floats("sin_cache", table.sines(), maxContext, config.headSize() / 2);
        if (config.architecture().normalisesHeads()) { // 0 copies the dimension, so that zero tokens work too
            onnx.longs("query_heads", 0, config.heads(), config.headSize());
            onnx.longs("query_rows", 0, (long) config.heads() * config.headSize());
            onnx.longs("key_heads", 0, config.kvHeads(), config.headSize());
            onnx.longs("key_rows", 0, (long) config.kvHeads() * config.headSize());
        }
    }

    /** Casts the rows that are looked up and not the table, which would need its size again in float. */
    private String embedding() {
        WeightTensor table = weights.tensor(DecoderTensors.EMBEDDING);
        String rows = call("model.embed_tokens", ONNX, "Gather", List.of(raw(table), signature.inputIds()));
        return table.type() == WeightType.F32 ? rows : cast("model.embed_tokens.float", rows);
    }

    private String attention(int layer, String x) {
        String prefix = DecoderTensors.layer(layer) + "self_attn.";
        String query = linear(prefix + "q_proj", x, config.queryKeyValueBias());
        String key = linear(prefix + "k_proj", x, config.queryKeyValueBias());
        String value = linear(prefix + "v_proj", x, config.queryKeyValueBias());
        if (config.architecture().normalisesHeads()) {
            query = normHeads(prefix + "q_norm", query, "query_heads", "query_rows");
            key = normHeads(prefix + "k_norm", key, "key_heads", "key_rows");
        }
        OptionalInt window = config.attentionWindows().get(layer);
        String mixed = call(prefix + "paged_attention", MICROSOFT, "PagedAttention",
                List.of(query, key, value, signature.keyCaches().get(layer), signature.valueCaches().get(layer),
                        signature.cumulativeSequenceLength(), signature.pastSeqlens(), signature.blockTable(),
                        "cos_cache", "sin_cache"),
                Attribute.of("num_heads", config.heads()), Attribute.of("kv_num_heads", config.kvHeads()),
                Attribute.of("do_rotary", 1), Attribute.of("scale", (float) (1 / Math.sqrt(config.headSize()))),
                Attribute.of("local_window_size", window.orElse(NO_WINDOW)));
        return linear(prefix + "o_proj", mixed, config.attentionOutputBias());
    }

    private String feedForward(String prefix, String x) {
        String gate = linear(prefix + "gate_proj", x, config.mlpBias());
        String up = linear(prefix + "up_proj", x, config.mlpBias());
        String sigmoid = call(prefix + "sigmoid", ONNX, "Sigmoid", List.of(gate));
        String silu = call(prefix + "silu", ONNX, "Mul", List.of(gate, sigmoid));
        String gated = call(prefix + "gated", ONNX, "Mul", List.of(silu, up));
        return linear(prefix + "down_proj", gated, config.mlpBias());
    }

    private void logits(String residual) {
        String rows = call("model.logit_rows", ONNX, "Gather", List.of(residual, signature.logitRows()));
        String normed = norm(rows, "model.norm");
        String head = config.tieWordEmbeddings() ? DecoderTensors.EMBEDDING : DecoderTensors.HEAD;
        node("lm_head", ONNX, "Gemm", List.of(normed, weight(head)), List.of(signature.logits()),
                Attribute.of("transB", 1));
    }

    private String linear(String name, String x, boolean bias) {
        String matrix = weight(name + ".weight");
        List<String> inputs = bias ? List.of(x, matrix, weight(name + ".bias")) : List.of(x, matrix);
        return call(name, ONNX, "Gemm", inputs, Attribute.of("transB", 1));
    }

    private String norm(String x, String name) {
        return call(name, ONNX, "SimplifiedLayerNormalization", List.of(x, weight(name + ".weight")),
                Attribute.of("axis", -1), epsilon());
    }

    private String normHeads(String name, String x, String heads, String rows) {
        String split = call(name + ".heads", ONNX, "Reshape", List.of(x, heads));
        return call(name + ".rows", ONNX, "Reshape", List.of(norm(split, name), rows));
    }

    private Stream addAndNorm(Stream stream, String addend, String name) {
        Stream next = new Stream(name + ".residual", name + ".out");
        node(name, MICROSOFT, "SkipSimplifiedLayerNormalization",
                List.of(addend, stream.residual(), weight(name + ".weight")),
                List.of(next.normed(), "", "", next.residual()), epsilon());
        return next;
    }

    private Attribute epsilon() {
        return Attribute.of("epsilon", (float) config.rmsNormEps());
    }

    /** The name of a weight in float. ONNX Runtime folds the cast when it loads the graph. */
    private String weight(String name) {
        WeightTensor tensor = weights.tensor(name);
        if (tensor.type() == WeightType.F32) {
            return raw(tensor);
        }
        boolean first = initializers.add(name + ".float");
        return first ? cast(name + ".float", raw(tensor)) : name + ".float.out";
    }

    /** The name of a weight as it is stored. */
    private String raw(WeightTensor tensor) {
        if (initializers.add(tensor.name())) {
            onnx.external(tensor.name(), type(tensor), tensor.shape(), weights.location(tensor), tensor.offset(),
                    tensor.length());
        }
        return tensor.name();
    }

    private static ElementType type(WeightTensor tensor) {
        return switch (tensor.type()) {
            case F32 -> FLOAT;
            case F16 -> ElementType.FLOAT16;
            case BF16 -> ElementType.BFLOAT16;
        };
    }

    private String cast(String name, String x) {
        return call(name, ONNX, "Cast", List.of(x), Attribute.of("to", FLOAT.code()));
    }

    /** A node with one output, which is named after it. */
    private String call(String name, String domain, String operator, List<String> inputs, Attribute... attributes) {
        String output = name + ".out";
        node(name, domain, operator, inputs, List.of(output), attributes);
        return output;
    }

    private void node(String name, String domain, String operator, List<String> inputs, List<String> outputs,
            Attribute... attributes) {
        onnx.node(new Node(name, domain, operator, inputs, outputs, List.of(attributes)));
    }
}
