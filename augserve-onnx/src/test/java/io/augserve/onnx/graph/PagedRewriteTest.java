package io.augserve.onnx.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.augserve.onnx.fixture.ExportedDecoder;
import io.augserve.onnx.fixture.ExportedDecoder.Form;
import io.augserve.onnx.fixture.RandomCheckpoint;
import io.augserve.onnx.fixture.RandomCheckpoint.Family;
import io.augserve.onnx.model.ExportDirectory;
import io.augserve.onnx.model.ModelFormatException;
import io.augserve.onnx.runtime.ElementType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a rewritten graph consists of; what it computes is compared elsewhere. */
class PagedRewriteTest {
    @TempDir
    Path folder;

    private OnnxModel export(Form form, ElementType type) throws IOException {
        ExportedDecoder.writeGenai(RandomCheckpoint.of(Family.LLAMA), form, type, folder);
        return OnnxReader.read(folder.resolve("model.onnx"));
    }

    private PagedRewrite.Result rewrite(OnnxModel model) {
        return PagedRewrite.of(model, ExportDirectory.find(folder).orElseThrow(),
                GraphTarget.cpu(ElementType.FLOAT));
    }

    @ParameterizedTest
    @EnumSource(value = Form.class, names = {"GROUPED", "GROUPED_PACKED", "GROUPED_POSITIONS", "PAGED", "PAGED_PRUNED"})
    void onlyWhatThePagedStepGivesIsLeft(Form form) throws IOException {
        PagedRewrite.Result result = rewrite(export(form, ElementType.FLOAT));
        OnnxModel model = result.model();
        assertThat(model.nodes(AttentionNode.DOMAIN, AttentionNode.PAGED)).hasSize(RandomCheckpoint.LAYERS)
                .allSatisfy(node -> assertThat(node.outputs()).hasSize(1));
        assertThat(model.nodes(AttentionNode.DOMAIN, AttentionNode.GROUPED)).isEmpty();
        assertThat(model.nodes().stream().map(Node::operator)).doesNotContain("ReduceSum", "Shape", "Slice");
        assertThat(model.outputs()).containsExactly(
                TensorValue.of(result.signature().logits(), ElementType.FLOAT, Dimension.of("rows"), Dimension.of(64)));
        assertThat(model.inputs()).hasSize(5 + 2 * RandomCheckpoint.LAYERS + (form == Form.GROUPED_POSITIONS ? 1 : 0));
        assertThat(result.signature().positionIds().isPresent()).isEqualTo(form == Form.GROUPED_POSITIONS);
        assertThat(result.maxContext()).isEqualTo(RandomCheckpoint.MAX_POSITIONS);
    }

    /** The rows that are asked for are taken before the product with the output layer. */
    @ParameterizedTest
    @EnumSource(value = Form.class, names = {"GROUPED", "PAGED", "PAGED_PRUNED"})
    void theHeadComputesChosenRows(Form form) throws IOException {
        OnnxModel model = rewrite(export(form, ElementType.FLOAT)).model();
        Node head = model.nodes().stream().filter(node -> node.name().equals("lm_head")).findFirst().orElseThrow();
        Node rows = model.nodes().stream().filter(node -> node.outputs().contains(head.input(0))).findFirst()
                .orElseThrow();
        assertThat(rows.operator()).isEqualTo("Gather");
        assertThat(rows.input(1)).isEqualTo("augserve.logit_rows");
        assertThat(rows.input(0)).startsWith("SimplifiedLayerNormalization");
    }

    @Test
    void aHeadThatIsNotRecognisedGivesAllRows() throws IOException {
        OnnxModel model = changed(export(Form.GROUPED, ElementType.FLOAT), "MatMul",
                node -> node.name().equals("lm_head") ? renamed(node, "Einsum") : node);
        Node last = rewrite(model).model().nodes().getLast();
        assertThat(last.operator()).isEqualTo("Squeeze");
        assertThat(rewrite(model).model().nodes()).anySatisfy(node -> assertThat(node.inputs())
                .containsExactly("logits", "augserve.logit_rows"));
    }

    @Test
    void halfPrecisionIsCastAroundTheAttention() throws IOException {
        OnnxModel model = rewrite(export(Form.GROUPED, ElementType.FLOAT16)).model();
        Node attention = model.nodes(AttentionNode.DOMAIN, AttentionNode.PAGED).getFirst();
        for (int input : new int[]{0, 1, 2, 8, 9}) {
            assertThat(model.nodes()).anySatisfy(node -> {
                assertThat(node.operator()).isEqualTo("Cast");
                assertThat(node.outputs()).containsExactly(attention.input(input));
            });
        }
        assertThat(model.input(attention.input(3)).orElseThrow().is(ElementType.FLOAT)).isTrue();
    }

    @Test
    void whatTheKernelLacksIsNamed() throws IOException {
        OnnxModel model = export(Form.GROUPED, ElementType.FLOAT);
        assertRefused(with(model, Attribute.of("smooth_softmax", 1)), "attribute smooth_softmax = 1, expected 0");
        assertRefused(with(model, Attribute.of("rotary_interleaved", 1)), "rotary_interleaved = 1, expected 0");
        assertRefused(with(model, new Attribute.OfString("k_quant_type", "PER_TENSOR")), "k_quant_type = PER_TENSOR");
        assertRefused(with(model, Attribute.of("invented", 1)), "invented = 1, expected none of that name");
        assertRefused(export(Form.GROUPED_BIASED, ElementType.FLOAT), "(GroupQueryAttention): found input 10 (Mul.");
        List<TensorValue> brain = model.inputs().stream().map(input -> input.is(ElementType.FLOAT)
                ? new TensorValue(input.name(), ElementType.BFLOAT16.code(), input.shape())
                : input).toList();
        assertRefused(
                new OnnxModel(model.file(), model.irVersion(), model.operatorSets(), model.nodes(),
                        model.initializers(), brain, model.outputs(), model.functions()),
                "input past_key_values.0.key: found type 16, shape");
    }

    @Test
    void aMaskThatIsUsedOtherwiseIsRefused() throws IOException {
        OnnxModel model = changed(export(Form.GROUPED_POSITIONS, ElementType.FLOAT), "RotaryEmbedding", node -> {
            List<String> inputs = new ArrayList<>(node.inputs());
            inputs.set(1, "attention_mask");
            return new Node(node.name(), node.domain(), node.operator(), inputs, node.outputs(), node.attributes());
        });
        assertRefused(model, "input attention_mask: found it used by node rotated.");
    }

    private void assertRefused(OnnxModel model, String message) {
        assertThatExceptionOfType(ModelFormatException.class).isThrownBy(() -> rewrite(model))
                .withMessageContaining(message);
    }

    /** The attribute in the place of one of that name. */
    private static OnnxModel with(OnnxModel model, Attribute attribute) {
        return changed(model, AttentionNode.GROUPED, node -> {
            List<Attribute> attributes = new ArrayList<>(node.attributes());
            attributes.removeIf(each -> each.name().equals(attribute.name()));
            attributes.add(attribute);
            return new Node(node.name(), node.domain(), node.operator(), node.inputs(), node.outputs(), attributes);
        });
    }

    private static Node renamed(Node node, String operator) {
        return new Node(node.name(), node.domain(), operator, node.inputs(), node.outputs(), node.attributes());
    }

    private static OnnxModel changed(OnnxModel model, String operator, UnaryOperator<Node> change) {
        List<Node> nodes = model.nodes().stream()
                .map(node -> node.operator().equals(operator) ? change.apply(node) : node)
                .toList();
        return new OnnxModel(model.file(), model.irVersion(), model.operatorSets(), nodes, model.initializers(),
                model.inputs(), model.outputs(), model.functions());
    }
}
