package io.augserve.onnx.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.augserve.onnx.fixture.ProtoReader;
import io.augserve.onnx.fixture.RandomCheckpoint;
import io.augserve.onnx.fixture.RandomCheckpoint.Family;
import io.augserve.onnx.fixture.SafetensorsBytes;
import io.augserve.onnx.fixture.SafetensorsBytes.Tensor;
import io.augserve.onnx.model.ModelDirectory;
import io.augserve.onnx.model.ModelFormatException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The written graph seen as data; what it computes is tested where a session runs it. */
class DecoderGraphTest {
    private static final int CONTEXT = 40;

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource(Family.class)
    void everyValueIsMadeOnceAndBeforeItIsUsed(Family family) throws IOException {
        ProtoReader graph = graph(RandomCheckpoint.of(family).withDtype("BF16"));
        Set<String> known = new HashSet<>(Set.of(""));
        graph.messages(11).forEach(input -> assertThat(known.add(input.string(1))).isTrue());
        graph.messages(5).forEach(constant -> assertThat(known.add(constant.string(8))).isTrue());
        for (ProtoReader node : graph.messages(1)) {
            assertThat(known).as(node.string(3)).containsAll(node.strings(1));
            node.strings(2).stream().filter(name -> !name.isEmpty())
                    .forEach(name -> assertThat(known.add(name)).as(name).isTrue());
        }
        assertThat(known).containsAll(graph.messages(12).stream().map(output -> output.string(1)).toList());
    }

    @ParameterizedTest
    @EnumSource(Family.class)
    void refersToEveryWeightOnce(Family family) throws IOException {
        RandomCheckpoint checkpoint = RandomCheckpoint.of(family);
        List<String> external = graph(checkpoint).messages(5).stream().filter(t -> !t.messages(13).isEmpty())
                .map(t -> t.string(8)).toList();
        assertThat(external).containsExactlyInAnyOrderElementsOf(checkpoint.tensors().keySet());
    }

    @Test
    void externalDataLeadsToTheNumbers() throws IOException {
        RandomCheckpoint checkpoint = RandomCheckpoint.of(Family.LLAMA).withShards(3);
        Map<String, Tensor> tensors = checkpoint.tensors();
        DecoderGraph decoder = decoder(checkpoint);
        for (ProtoReader constant : graphOf(decoder).messages(5)) {
            Map<String, String> external = constant.messages(13).stream()
                    .collect(Collectors.toMap(e -> e.string(1), e -> e.string(2)));
            if (!external.isEmpty()) {
                byte[] file = Files.readAllBytes(decoder.weightsFolder().resolve(external.get("location")));
                ByteBuffer data = ByteBuffer.wrap(file, Integer.parseInt(external.get("offset")),
                        Integer.parseInt(external.get("length"))).order(ByteOrder.LITTLE_ENDIAN);
                for (float value : Objects.requireNonNull(tensors.get(constant.string(8))).values()) {
                    assertThat(data.getFloat()).isEqualTo(value);
                }
                assertThat(data.hasRemaining()).isFalse();
            }
        }
    }

    @Test
    void attentionKnowsItsHeadsAndWindow() throws IOException {
        List<ProtoReader> attention = graph(RandomCheckpoint.of(Family.QWEN2_SLIDING)).messages(1).stream()
                .filter(node -> node.string(4).equals("PagedAttention")).toList();
        assertThat(attention).extracting(node -> integer(node, "local_window_size")).containsExactly(-1L, 5L);
        assertThat(attention).extracting(node -> integer(node, "num_heads")).containsExactly(4L, 4L);
        assertThat(attention).extracting(node -> integer(node, "kv_num_heads")).containsExactly(2L, 2L);
        assertThat(attention).extracting(node -> integer(node, "do_rotary")).containsExactly(1L, 1L);
        assertThat(attention).extracting(node -> attribute(node, "scale").fixed32(2)).containsExactly(0.25f, 0.25f);
    }

    @Test
    void signatureNamesTheGraphsInputs() throws IOException {
        DecoderGraph decoder = decoder(RandomCheckpoint.of(Family.LLAMA));
        DecoderSignature signature = decoder.signature();
        assertThat(graphOf(decoder).messages(11)).extracting(input -> input.string(1)).containsExactlyInAnyOrder(
                signature.inputIds(), signature.cumulativeSequenceLength(), signature.pastSeqlens(),
                signature.blockTable(), signature.logitRows(), "key_cache.0", "value_cache.0", "key_cache.1",
                "value_cache.1");
        assertThat(signature.layers()).isEqualTo(2);
        assertThat(signature.keyCaches()).containsExactly("key_cache.0", "key_cache.1");
    }

    @Test
    void rotaryTablesAreAsLongAsTheContextThatIsServed() throws IOException {
        assertThat(rotaryRows(CONTEXT)).isEqualTo(CONTEXT);
        assertThat(rotaryRows(1_000_000)).isEqualTo(RandomCheckpoint.MAX_POSITIONS);
        assertThatIllegalArgumentException().isThrownBy(() -> rotaryRows(0)).withMessageContaining("maxContext");
    }

    @Test
    void followsLinksToWeightsElsewhere() throws IOException {
        Path blobs = Files.createDirectory(directory.resolve("blobs"));
        Path snapshot = Files.createDirectory(directory.resolve("snapshot"));
        RandomCheckpoint.of(Family.LLAMA).writeTo(snapshot);
        Path blob = Files.move(snapshot.resolve("model.safetensors"), blobs.resolve("0123abcd"));
        Files.createSymbolicLink(snapshot.resolve("model.safetensors"), blob);
        ModelDirectory model = ModelDirectory.open(snapshot);
        DecoderGraph decoder = DecoderGraph.of(model.config(), model.weights(), CONTEXT, LinearLayers.gemm());
        assertThat(decoder.weightsFolder()).isEqualTo(blobs.toRealPath());
        assertThat(graphOf(decoder).messages(5)).filteredOn(t -> !t.messages(13).isEmpty()).isNotEmpty()
                .allSatisfy(t -> assertThat(t.messages(13).getFirst().string(2)).isEqualTo("0123abcd"));
    }

    @Test
    void namesAMissingTensorAndItsShape() {
        assertRefused(tensors -> tensors.remove("model.layers.1.mlp.up_proj.weight"),
                "model.safetensors: tensor model.layers.1.mlp.up_proj.weight: found nothing, expected shape [48, 32]");
    }

    @Test
    void namesAMissingHead() {
        assertRefused(tensors -> tensors.remove("lm_head.weight"), "tensor lm_head.weight: found nothing");
    }

    @Test
    void namesATensorOfAnotherShape() {
        Tensor wrong = new Tensor("F32", List.of(31), Collections.nCopies(31, 1f));
        assertRefused(tensors -> tensors.put("model.norm.weight", wrong),
                "tensor model.norm.weight: found shape [31], expected shape [32] as config.json says");
    }

    @Test
    void namesATensorThatTheConfigurationDoesNotExpect() {
        Tensor bias = new Tensor("F32", List.of(64), Collections.nCopies(64, 1f));
        assertRefused(tensors -> tensors.put("model.layers.0.self_attn.q_proj.bias", bias),
                "tensor model.layers.0.self_attn.q_proj.bias: found it in the checkpoint, expected no such tensor");
    }

    @Test
    void ignoresTheRotaryBufferOfOldCheckpoints() throws IOException {
        RandomCheckpoint checkpoint = RandomCheckpoint.of(Family.LLAMA);
        checkpoint.writeTo(directory);
        Map<String, Tensor> tensors = checkpoint.tensors();
        tensors.put("model.layers.0.self_attn.rotary_emb.inv_freq", new Tensor("F32", List.of(1), List.of(1f)));
        Files.write(directory.resolve("model.safetensors"), SafetensorsBytes.file(tensors));
        ModelDirectory model = ModelDirectory.open(directory);
        assertThat(DecoderGraph.of(model.config(), model.weights(), CONTEXT, LinearLayers.gemm()).toOnnx())
                .isNotEmpty();
    }

    @Test
    void theSameModelGivesTheSameBytes() throws IOException {
        DecoderGraph decoder = decoder(RandomCheckpoint.of(Family.QWEN3));
        assertThat(Arrays.equals(decoder.toOnnx(), decoder.toOnnx())).isTrue();
    }

    private void assertRefused(Consumer<Map<String, Tensor>> change, String message) {
        assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> {
            RandomCheckpoint checkpoint = RandomCheckpoint.of(Family.LLAMA);
            checkpoint.writeTo(directory);
            Map<String, Tensor> tensors = checkpoint.tensors();
            change.accept(tensors);
            Files.write(directory.resolve("model.safetensors"), SafetensorsBytes.file(tensors));
            ModelDirectory model = ModelDirectory.open(directory);
            DecoderGraph.of(model.config(), model.weights(), CONTEXT, LinearLayers.gemm());
        }).withMessageContaining(message);
    }

    private long rotaryRows(int maxContext) throws IOException {
        ModelDirectory model = ModelDirectory.open(RandomCheckpoint.of(Family.LLAMA).writeTo(directory));
        DecoderGraph decoder = DecoderGraph.of(model.config(), model.weights(), maxContext, LinearLayers.gemm());
        ProtoReader table = graphOf(decoder).messages(5).stream().filter(t -> t.string(8).equals("cos_cache"))
                .findFirst()
                .orElseThrow();
        assertThat(decoder.maxContext()).isEqualTo(table.varints(1).getFirst().intValue());
        return table.varints(1).getFirst();
    }

    private ProtoReader graph(RandomCheckpoint checkpoint) throws IOException {
        return graphOf(decoder(checkpoint));
    }

    private DecoderGraph decoder(RandomCheckpoint checkpoint) throws IOException {
        ModelDirectory model = ModelDirectory.open(checkpoint.writeTo(directory));
        return DecoderGraph.of(model.config(), model.weights(), CONTEXT, LinearLayers.gemm());
    }

    private static ProtoReader graphOf(DecoderGraph decoder) {
        return new ProtoReader(decoder.toOnnx()).messages(7).getFirst();
    }

    private static long integer(ProtoReader node, String attribute) {
        return attribute(node, attribute).varints(3).getFirst();
    }

    private static ProtoReader attribute(ProtoReader node, String name) {
        return node.messages(5).stream().filter(a -> a.string(1).equals(name)).findFirst().orElseThrow();
    }
}
