package io.augserve.examples.gpucheck;

/** Small decoders, one for every switch that changes the graph, with heads as wide as published models have them. */
enum CheckFamily {
    LLAMA("Llama", 64, ""), LLAMA_128("Llama", 128, ", \"attention_bias\": true, \"mlp_bias\": true"), LLAMA_SCALED(
            "Llama", 64,
            """
                    , "rope_theta": 500000.0, "rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
                    "high_freq_factor": 4.0, "original_max_position_embeddings": 512}"""), LLAMA_LINEAR(
                    "Llama", 64, ", \"rope_scaling\": {\"type\": \"linear\", \"factor\": 2.0}"), MISTRAL("Mistral", 64,
                            ", \"sliding_window\": 100"), QWEN2("Qwen2", 64,
                                    ", \"use_sliding_window\": false, \"sliding_window\": 4"), QWEN2_SLIDING("Qwen2",
                                            64,
                                            ", \"use_sliding_window\": true, \"max_window_layers\": 1, \"sliding_window\": 100"), QWEN3(
                                                    "Qwen3", 128, "");

    static final int HIDDEN = 256;
    static final int CONTEXT = 2048;
    static final int VOCABULARY = 1000;

    private final String model;
    private final int headSize;
    private final String extra;

    CheckFamily(String model, int headSize, String extra) {
        this.model = model;
        this.headSize = headSize;
        this.extra = extra;
    }

    /** The text of a {@code config.json}. */
    String config() {
        return """
                {"architectures": ["%sForCausalLM"], "hidden_size": %d, "intermediate_size": 512,
                "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2, "head_dim": %d,
                "rms_norm_eps": 1e-5, "max_position_embeddings": %d, "vocab_size": %d, "hidden_act": "silu",
                "tie_word_embeddings": %s, "bos_token_id": 0, "eos_token_id": 0, "torch_dtype": "bfloat16"%s}
                """.formatted(model, HIDDEN, headSize, CONTEXT, VOCABULARY, this == QWEN2, extra);
    }
}
