package io.augserve.onnx.model;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The decoder families that can be served, by the name that {@code architectures} in {@code config.json} gives. */
public enum Architecture {
    /** Llama 2, 3.x and everything that shares their layout. */
    LLAMA("LlamaForCausalLM"),
    /** Mistral: Llama with an optional sliding attention window on every layer. */
    MISTRAL("MistralForCausalLM"),
    /** Qwen2 and 2.5: biases on the query, key and value projections. */
    QWEN2("Qwen2ForCausalLM"),
    /** Qwen3: an RMS norm over every query and key head. */
    QWEN3("Qwen3ForCausalLM");

    private final String modelClass;

    Architecture(String modelClass) {
        this.modelClass = modelClass;
    }

    /** The Hugging Face model class, for example {@code LlamaForCausalLM}. */
    public String modelClass() {
        return modelClass;
    }

    /** Whether every query and key head has an RMS norm of its own ({@code q_norm}, {@code k_norm}). */
    public boolean normalisesHeads() {
        return this == QWEN3;
    }

    static Optional<Architecture> ofModelClass(String modelClass) {
        return Arrays.stream(values()).filter(a -> a.modelClass.equals(modelClass)).findFirst();
    }

    static String supported() {
        return "one of " + Arrays.stream(values()).map(Architecture::modelClass).collect(Collectors.joining(", "));
    }
}
