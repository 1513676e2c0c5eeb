package io.augserve.onnx.model;

import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Turns the fields of a {@code config.json} into a {@link ModelConfig}. Defaults are those of the Hugging Face
 * configuration class of the family, where that class has one that does not depend on a particular model's size.
 */
final class ModelConfigReader {
    private static final int MISTRAL_DEFAULT_WINDOW = 4096;
    private static final int QWEN_DEFAULT_WINDOW = 4096;
    private static final int QWEN_DEFAULT_FULL_LAYERS = 28;
    /** Every layer costs memory before it is known whether there are weights for it; the deepest models have some 130. */
    private static final int MOST_LAYERS = 4096;
    /** The rotary tables grow with it; heads are 32 to 512 wide. */
    private static final int WIDEST_HEAD = 1024;

    private final JsonFields fields;

    ModelConfigReader(JsonFields fields) {
        this.fields = fields;
    }

    ModelConfig read() {
        Architecture architecture = architecture();
        refuseUnsupported();
        int hidden = fields.requireInt("hidden_size", 1);
        int layers = fields.requireInt("num_hidden_layers", 1, MOST_LAYERS);
        int heads = fields.requireInt("num_attention_heads", 1);
        boolean attentionBias = fields.flag("attention_bias", false);
        var rope = RopeFields.read(fields);
        return new ModelConfig(fields.file(), architecture, hidden, fields.requireInt("intermediate_size", 1), layers,
                heads, kvHeads(heads), headSize(architecture, hidden, heads),
                fields.optionalPositive("rms_norm_eps").orElse(1e-6), rope.theta(), rope.scaling(),
                fields.requireInt("max_position_embeddings", 1), fields.requireInt("vocab_size", 1),
                fields.flag("tie_word_embeddings", false), queryKeyValueBias(architecture, attentionBias),
                outputBias(architecture, attentionBias),
                architecture == Architecture.LLAMA && fields.flag("mlp_bias", false), windows(architecture, layers),
                bosId(), fields.oneOrMoreInts("eos_token_id", 0),
                fields.optionalString("dtype").or(() -> fields.optionalString("torch_dtype")));
    }

    private Architecture architecture() {
        List<String> names = fields.optionalStrings("architectures").orElse(List.of());
        if (names.size() != 1) {
            throw fields.problem("architectures", names.toString(), Architecture.supported());
        }
        return Architecture.ofModelClass(names.getFirst())
                .orElseThrow(() -> fields.problem("architectures", names.getFirst(), Architecture.supported()));
    }

    private void refuseUnsupported() {
        String activation = fields.optionalString("hidden_act").orElse("silu");
        if (!activation.equals("silu")) {
            throw fields.problem("hidden_act", activation, "silu");
        }
        if (fields.optionalObject("quantization_config").isPresent()) {
            throw fields.problem("quantization_config", "a quantised checkpoint", "weights in F32, F16 or BF16");
        }
        if (fields.optionalNumber("partial_rotary_factor", 0).orElse(1) != 1) {
            throw fields.problem("partial_rotary_factor", "a rotation of a part of each head", "1 or nothing");
        }
    }

    private int kvHeads(int heads) {
        int kvHeads = fields.optionalInt("num_key_value_heads", 1).orElse(heads);
        if (heads % kvHeads != 0) {
            throw fields.problem("num_key_value_heads", Integer.toString(kvHeads), "a divisor of " + heads + " heads");
        }
        return kvHeads;
    }

    private int headSize(Architecture architecture, int hidden, int heads) {
        OptionalInt explicit = fields.optionalInt("head_dim", 1, WIDEST_HEAD);
        if (explicit.isEmpty() && (architecture == Architecture.QWEN3 || hidden % heads != 0)) {
            throw fields.problem("head_dim", "nothing", "the width of a head");
        }
        int size = explicit.orElse(hidden / heads);
        if (size % 2 != 0 || size > WIDEST_HEAD) {
            throw fields.problem("head_dim", Integer.toString(size),
                    "an even width, for rotation in pairs, of at most " + WIDEST_HEAD);
        }
        return size;
    }

    private static boolean queryKeyValueBias(Architecture architecture, boolean attentionBias) {
        return switch (architecture) {
            case LLAMA, QWEN3 -> attentionBias;
            case MISTRAL -> false;
            case QWEN2 -> true;
        };
    }

    private static boolean outputBias(Architecture architecture, boolean attentionBias) {
        return switch (architecture) {
            case LLAMA, QWEN3 -> attentionBias;
            case MISTRAL, QWEN2 -> false;
        };
    }

    private List<OptionalInt> windows(Architecture architecture, int layers) {
        return switch (architecture) {
            case LLAMA -> Collections.nCopies(layers, OptionalInt.empty());
            case MISTRAL -> Collections.nCopies(layers, mistralWindow());
            case QWEN2, QWEN3 -> qwenWindows(layers);
        };
    }

    /** Absent means Mistral's default, an explicit null means no window. */
    private OptionalInt mistralWindow() {
        return fields.object().has("sliding_window")
                ? fields.optionalInt("sliding_window", 1)
                : OptionalInt.of(MISTRAL_DEFAULT_WINDOW);
    }

    /** The window is on from layer {@code max_window_layers}, unless {@code layer_types} says it layer by layer. */
    private List<OptionalInt> qwenWindows(int layers) {
        if (!fields.flag("use_sliding_window", false)) {
            return Collections.nCopies(layers, OptionalInt.empty());
        }
        OptionalInt window = OptionalInt.of(fields.optionalInt("sliding_window", 1).orElse(QWEN_DEFAULT_WINDOW));
        List<String> types = fields.optionalStrings("layer_types").orElse(List.of());
        if (types.isEmpty()) {
            int full = fields.optionalInt("max_window_layers", 0).orElse(QWEN_DEFAULT_FULL_LAYERS);
            return IntStream.range(0, layers).mapToObj(i -> i < full ? OptionalInt.empty() : window).toList();
        }
        if (types.size() != layers) {
            throw fields.problem("layer_types", types.size() + " entries", layers + " entries, one a layer");
        }
        return types.stream().map(type -> switch (type) {
            case "full_attention" -> OptionalInt.empty();
            case "sliding_attention" -> window;
            default -> throw fields.problem("layer_types", type, "full_attention or sliding_attention");
        }).toList();
    }

    private OptionalInt bosId() {
        return fields.optionalInt("bos_token_id", 0);
    }
}
