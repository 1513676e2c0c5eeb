package io.augserve.onnx.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.augserve.onnx.fixture.RandomCheckpoint;
import io.augserve.onnx.fixture.RandomCheckpoint.Family;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ModelConfigTest {
    /** As published for Llama 3.2 1B, without the fields that do not matter. */
    private static final String LLAMA_3_2 = """
            {"architectures": ["LlamaForCausalLM"], "attention_bias": false, "bos_token_id": 128000,
            "eos_token_id": [128001, 128008, 128009], "head_dim": 64, "hidden_act": "silu", "hidden_size": 2048,
            "intermediate_size": 8192, "max_position_embeddings": 131072, "mlp_bias": false, "num_attention_heads": 32,
            "num_hidden_layers": 16, "num_key_value_heads": 8, "rms_norm_eps": 1e-05, "rope_scaling": {"factor": 32.0,
            "high_freq_factor": 4.0, "low_freq_factor": 1.0, "original_max_position_embeddings": 8192,
            "rope_type": "llama3"}, "rope_theta": 500000.0, "tie_word_embeddings": true, "torch_dtype": "bfloat16",
            "vocab_size": 128256}""";

    /** The least that a Llama needs; the tests put fields in front of the closing brace. */
    private static final String LEAST = """
            {"architectures": ["LlamaForCausalLM"], "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 3,
            "num_attention_heads": 4, "max_position_embeddings": 512, "vocab_size": 100}""";

    @TempDir
    private Path directory;

    @Test
    void readsEveryFieldOfAPublishedLlama() throws IOException {
        ModelConfig config = read(LLAMA_3_2);
        assertThat(config).isEqualTo(new ModelConfig(directory.resolve("config.json"), Architecture.LLAMA, 2048, 8192,
                16,
                32, 8, 64, 1e-5, 500_000, new RopeScaling.Llama3(32, 1, 4, 8192), 131_072, 128_256, true, false, false,
                false, Collections.nCopies(16, OptionalInt.empty()), OptionalInt.of(128_000),
                List.of(128_001, 128_008, 128_009), Optional.of("bfloat16")));
    }

    @Test
    void usesTheFamilysDefaults() throws IOException {
        ModelConfig config = read(LEAST);
        assertThat(config.kvHeads()).isEqualTo(4);
        assertThat(config.headSize()).isEqualTo(16);
        assertThat(config.rmsNormEps()).isEqualTo(1e-6);
        assertThat(config.ropeTheta()).isEqualTo(10_000);
        assertThat(config.ropeScaling()).isEqualTo(new RopeScaling.None());
        assertThat(config.tieWordEmbeddings()).isFalse();
        assertThat(config.bosId()).isEmpty();
        assertThat(config.eosIds()).isEmpty();
        assertThat(config.torchDtype()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void readsEveryFamilyOfTheFixture(Family family) throws IOException {
        ModelConfig config = read(RandomCheckpoint.of(family).config());
        assertThat(config.headSize()).isEqualTo(RandomCheckpoint.HEAD);
        assertThat(config.eosIds()).containsExactly(2);
    }

    @Test
    void qwen2HasBiasesOnQueryKeyAndValueOnly() throws IOException {
        ModelConfig config = read(LEAST.replace("Llama", "Qwen2"));
        assertThat(config.queryKeyValueBias()).isTrue();
        assertThat(config.attentionOutputBias()).isFalse();
        assertThat(config.mlpBias()).isFalse();
    }

    @Test
    void llamasAttentionBiasIsOnAllFourProjections() throws IOException {
        ModelConfig config = read(with("\"attention_bias\": true"));
        assertThat(config.queryKeyValueBias()).isTrue();
        assertThat(config.attentionOutputBias()).isTrue();
        assertThat(config.mlpBias()).isFalse();
    }

    @Test
    void mistralsWindowMayBeGivenNullOrAbsent() throws IOException {
        assertThat(read(with("\"sliding_window\": 8").replace("Llama", "Mistral")).attentionWindows())
                .containsOnly(OptionalInt.of(8)).hasSize(3);
        assertThat(read(with("\"sliding_window\": null").replace("Llama", "Mistral")).attentionWindows())
                .containsOnly(OptionalInt.empty());
        assertThat(read(LEAST.replace("Llama", "Mistral")).attentionWindows()).containsOnly(OptionalInt.of(4096));
    }

    @Test
    void qwensWindowBeginsAtALayer() throws IOException {
        String window = "\"sliding_window\": 8, \"max_window_layers\": 2, \"use_sliding_window\": ";
        assertThat(read(with(window + "true").replace("Llama", "Qwen2")).attentionWindows())
                .containsExactly(OptionalInt.empty(), OptionalInt.empty(), OptionalInt.of(8));
        assertThat(read(with(window + "false").replace("Llama", "Qwen2")).attentionWindows())
                .containsOnly(OptionalInt.empty());
    }

    @Test
    void qwensWindowMayBeGivenLayerByLayer() throws IOException {
        String types = """
                "use_sliding_window": true, "sliding_window": 8,
                "layer_types": ["sliding_attention", "full_attention", "sliding_attention"]""";
        assertThat(read(with(types).replace("Llama", "Qwen2")).attentionWindows())
                .containsExactly(OptionalInt.of(8), OptionalInt.empty(), OptionalInt.of(8));
    }

    @Test
    void readsRopeInItsOldAndNewPlaces() throws IOException {
        assertThat(read(with("\"rope_scaling\": {\"type\": \"linear\", \"factor\": 4}")).ropeScaling())
                .isEqualTo(new RopeScaling.Linear(4));
        assertThat(read(with("\"rope_scaling\": null")).ropeScaling()).isEqualTo(new RopeScaling.None());
        ModelConfig moved = read(with("\"rope_parameters\": {\"rope_type\": \"default\", \"rope_theta\": 1000000}"));
        assertThat(moved.ropeTheta()).isEqualTo(1e6);
        assertThat(moved.ropeScaling()).isEqualTo(new RopeScaling.None());
    }

    @Test
    void anUnsupportedArchitectureListsTheSupportedOnes() {
        assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> read(LEAST.replace("Llama", "Gemma2")))
                .withMessageContaining("config.json: field architectures: found Gemma2ForCausalLM, expected one of "
                        + "LlamaForCausalLM, MistralForCausalLM, Qwen2ForCausalLM, Qwen3ForCausalLM");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            "hidden_act": "gelu"                                      | field hidden_act: found gelu, expected silu
            "num_key_value_heads": 3                                  | field num_key_value_heads: found 3, expected a divisor of 4
            "num_key_value_heads": 0                                  | field num_key_value_heads: found 0, expected an integer of at least 1
            "num_key_value_heads": 2.5                                | field num_key_value_heads: found 2.5
            "num_key_value_heads": "2"                                | field num_key_value_heads: found "2"
            "num_key_value_heads": 99999999999                        | field num_key_value_heads: found 99999999999
            "head_dim": 2048                                          | field head_dim: found 2048, expected an integer from 1 to 1024
            "head_dim": 5                                             | field head_dim: found 5, expected an even width
            "rms_norm_eps": 0                                         | field rms_norm_eps: found 0
            "rms_norm_eps": 1e999                                     | field rms_norm_eps
            "tie_word_embeddings": 1                                  | field tie_word_embeddings: found 1, expected true or false
            "eos_token_id": [1, -2]                                   | field eos_token_id: found -2
            "quantization_config": {"quant_method": "gptq"}           | field quantization_config: found a quantised checkpoint
            "partial_rotary_factor": 0.5                              | field partial_rotary_factor
            "rope_scaling": {"rope_type": "yarn", "factor": 4}        | field rope_scaling.rope_type: found yarn, expected default, linear or llama3
            "rope_scaling": {"factor": 4}                             | field rope_scaling.rope_type: found nothing
            "rope_scaling": {"type": "linear"}                        | field rope_scaling.factor: found nothing
            "rope_scaling": [1]                                       | field rope_scaling: found [1], expected an object
            "rope_scaling": {"type": "llama3", "low_freq_factor": 4, "high_freq_factor": 4} | field rope_scaling.high_freq_factor
            "hidden_size": 64                                         | found the key "hidden_size" twice, expected each key once
            """, quoteCharacter = '\0')
    void refusesAWrongField(String field, String message) {
        assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> read(with(field)))
                .withMessageContaining("config.json").withMessageContaining(message);
    }

    /** A list of a window for each of them would be made otherwise. */
    @Test
    void refusesMoreLayersThanAnyModelHas() {
        String config = LEAST.replaceFirst("\"num_hidden_layers\": \\d+", "\"num_hidden_layers\": 2147483647");
        assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> read(config)).withMessageContaining(
                "field num_hidden_layers: found 2147483647, expected an integer from 1 to 4096");
    }

    @Test
    void refusesALackingField() {
        assertThatExceptionOfType(ModelFormatException.class)
                .isThrownBy(() -> read(LEAST.replace("\"hidden_size\": 64, ", "")))
                .withMessageContaining("field hidden_size: found nothing, expected an integer of at least 1");
    }

    @Test
    void qwen3MustSayItsHeadSize() {
        assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> read(LEAST.replace("Llama", "Qwen3")))
                .withMessageContaining("field head_dim: found nothing");
    }

    private static String with(String field) {
        return LEAST.substring(0, LEAST.length() - 1) + ", " + field + "}";
    }

    private ModelConfig read(String json) throws IOException {
        Path file = Files.writeString(directory.resolve("config.json"), json);
        return ModelConfig.read(file);
    }
}
