package io.augserve.onnx.graph;

import io.augserve.onnx.model.ModelConfig;
import io.augserve.onnx.model.ModelFormatException;
import io.augserve.onnx.model.WeightTensor;
import io.augserve.onnx.model.Weights;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The tensors a decoder of a given configuration consists of, by their Hugging Face names, and the check that a
 * checkpoint has exactly these. Linear layers are [out, in].
 */
public final class DecoderTensors {
    /** The table of token embeddings, which may be the output layer too. */
    public static final String EMBEDDING = "model.embed_tokens.weight";
    static final String FINAL_NORM = "model.norm.weight";
    static final String HEAD = "lm_head.weight";

    /** A buffer of old checkpoints that can be computed and is. */
    private static final String ROTARY_BUFFER = ".rotary_emb.inv_freq";

    private final ModelConfig config;
    private final Map<String, List<Long>> shapes = new LinkedHashMap<>();

    private DecoderTensors(ModelConfig config) {
        this.config = config;
        add(EMBEDDING, config.vocabSize(), config.hiddenSize());
        for (int layer = 0; layer < config.layers(); layer++) {
            addLayer(layer);
        }
        add(FINAL_NORM, config.hiddenSize());
        if (!config.tieWordEmbeddings()) {
            add(HEAD, config.vocabSize(), config.hiddenSize());
        }
    }

    /** The tensors of a decoder and their shapes, in the order in which it uses them. */
    public static Map<String, List<Long>> shapes(ModelConfig config) {
        return Collections.unmodifiableMap(new DecoderTensors(config).shapes);
    }

    /** The names of a decoder's matrices: everything but norms and biases. */
    public static List<String> matrices(ModelConfig config) {
        return shapes(config).entrySet().stream().filter(tensor -> tensor.getValue().size() == 2)
                .map(Map.Entry::getKey).toList();
    }

    /** The prefix of the names of a layer's tensors. */
    static String layer(int layer) {
        return "model.layers." + layer + ".";
    }

    /**
     * Checks a checkpoint against a configuration.
     *
     * <p>
     * A tensor of a layer that the configuration knows nothing of (a bias, a quantisation scale, one layer too many) is
     * an error too: a graph that left it out would give wrong logits without a sign.
     *
     * @throws ModelFormatException if a tensor is missing, has another shape, or should not be there
     */
    public static void check(ModelConfig config, Weights weights) {
        Map<String, List<Long>> shapes = shapes(config);
        shapes.forEach((name, shape) -> {
            WeightTensor tensor = weights.find(name).orElseThrow(() -> new ModelFormatException(weights.source(),
                    "tensor " + name, "nothing", "shape " + shape + " in F32, F16 or BF16"));
            if (!tensor.shape().equals(shape)) {
                throw new ModelFormatException(tensor.file(), "tensor " + name, "shape " + tensor.shape(),
                        "shape " + shape + " as " + config.source().getFileName() + " says");
            }
        });
        for (String name : weights.names()) {
            if (name.startsWith("model.layers.") && !shapes.containsKey(name) && !name.endsWith(ROTARY_BUFFER)) {
                throw new ModelFormatException(weights.source(), "tensor " + name, "it in the checkpoint",
                        "no such tensor in the " + config.architecture().modelClass() + " that "
                                + config.source().getFileName() + " describes");
            }
        }
    }

    private void addLayer(int layer) {
        String prefix = layer(layer);
        long hidden = config.hiddenSize();
        long queries = (long) config.heads() * config.headSize();
        long keys = (long) config.kvHeads() * config.headSize();
        long inner = config.intermediateSize();
        add(prefix + "input_layernorm.weight", hidden);
        addLinear(prefix + "self_attn.q_proj", queries, hidden, config.queryKeyValueBias());
        addLinear(prefix + "self_attn.k_proj", keys, hidden, config.queryKeyValueBias());
        addLinear(prefix + "self_attn.v_proj", keys, hidden, config.queryKeyValueBias());
        if (config.architecture().normalisesHeads()) {
            add(prefix + "self_attn.q_norm.weight", config.headSize());
            add(prefix + "self_attn.k_norm.weight", config.headSize());
        }
        addLinear(prefix + "self_attn.o_proj", hidden, queries, config.attentionOutputBias());
        add(prefix + "post_attention_layernorm.weight", hidden);
        addLinear(prefix + "mlp.gate_proj", inner, hidden, config.mlpBias());
        addLinear(prefix + "mlp.up_proj", inner, hidden, config.mlpBias());
        addLinear(prefix + "mlp.down_proj", hidden, inner, config.mlpBias());
    }

    private void addLinear(String name, long out, long in, boolean bias) {
        add(name + ".weight", out, in);
        if (bias) {
            add(name + ".bias", out);
        }
    }

    private void add(String name, long... shape) {
        shapes.put(name, Arrays.stream(shape).boxed().toList());
    }
}
