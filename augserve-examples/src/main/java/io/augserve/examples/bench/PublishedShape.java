package io.augserve.examples.bench;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The shapes of published models, as the {@code config.json} of their Hugging Face repositories has them; what changes neither the
 * graph nor its cost is left out.
 */
enum PublishedShape {
    /** huggingface.co/HuggingFaceTB/SmolLM2-135M. */
    SMOLLM2_135M("SmolLM2-135M", """
            {"architectures": ["LlamaForCausalLM"], "hidden_size": 576, "intermediate_size": 1536,
            "num_hidden_layers": 30, "num_attention_heads": 9, "num_key_value_heads": 3,
            "max_position_embeddings": 8192, "rms_norm_eps": 1e-05, "rope_theta": 100000, "vocab_size": 49152,
            "tie_word_embeddings": true, "bos_token_id": 0, "eos_token_id": 0, "torch_dtype": "bfloat16"}
            """),

    /** huggingface.co/Qwen/Qwen2.5-0.5B. */
    QWEN2_5_0_5B("Qwen2.5-0.5B", """
            {"architectures": ["Qwen2ForCausalLM"], "hidden_size": 896, "intermediate_size": 4864,
            "num_hidden_layers": 24, "num_attention_heads": 14, "num_key_value_heads": 2,
            "max_position_embeddings": 32768, "rms_norm_eps": 1e-06, "rope_theta": 1000000.0, "vocab_size": 151936,
            "tie_word_embeddings": true, "use_sliding_window": false, "bos_token_id": 151643,
            "eos_token_id": 151643, "torch_dtype": "bfloat16"}
            """),

    /** huggingface.co/meta-llama/Llama-3.2-1B. */
    LLAMA_3_2_1B("Llama-3.2-1B", """
            {"architectures": ["LlamaForCausalLM"], "hidden_size": 2048, "intermediate_size": 8192,
            "num_hidden_layers": 16, "num_attention_heads": 32, "num_key_value_heads": 8, "head_dim": 64,
            "max_position_embeddings": 131072, "rms_norm_eps": 1e-05, "rope_theta": 500000.0,
            "rope_scaling": {"factor": 32.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0,
            "original_max_position_embeddings": 8192, "rope_type": "llama3"}, "vocab_size": 128256,
            "tie_word_embeddings": true, "bos_token_id": 128000, "eos_token_id": 128001,
            "torch_dtype": "bfloat16"}
            """),
    /** huggingface.co/meta-llama/Llama-3.1-8B. */
    LLAMA_3_1_8B("Llama-3.1-8B", """
            {"architectures": ["LlamaForCausalLM"], "hidden_size": 4096, "intermediate_size": 14336,
            "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8,
            "max_position_embeddings": 131072, "rms_norm_eps": 1e-05, "rope_theta": 500000.0,
            "rope_scaling": {"factor": 8.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0,
            "original_max_position_embeddings": 8192, "rope_type": "llama3"}, "vocab_size": 128256,
            "tie_word_embeddings": false, "bos_token_id": 128000, "eos_token_id": 128001,
            "torch_dtype": "bfloat16"}
            """);

    private final String title;
    private final String config;

    PublishedShape(String title, String config) {
        this.title = title;
        this.config = config;
    }

    /** The repository's name. */
    String title() {
        return title;
    }

    /** The text of a {@code config.json}. */
    String config() {
        return config;
    }

    /** The shape of that title, in any case. */
    static Optional<PublishedShape> named(String title) {
        return Arrays.stream(values()).filter(shape -> shape.title.equalsIgnoreCase(title)).findFirst();
    }

    /** All titles, for messages. */
    static String titles() {
        return Arrays.stream(values()).map(PublishedShape::title).collect(Collectors.joining(", "));
    }
}
