package io.augserve.onnx.graph;

import io.augserve.onnx.runtime.ElementType;
import java.util.List;
import java.util.Map;

/**
 * What a graph gives beside logits, so that a row can be sampled without moving all of it: the highest logits with their tokens, and two sums over the
 * whole vocabulary. With a row's logits l, the highest of them m and the inverse of the row's temperature i:
 *
 * <pre>
 * top_logits, top_ids   the k highest, in descending order                  float and int64 [rows, k]
 * total                 sum(exp(l - m)): log-probabilities need it          float [rows, 1]
 * tempered_total        sum(exp((l - m) * i)): top-p and temperature do     float [rows, 1]
 * </pre>
 *
 * <p>A sum is NaN if a logit of the row is NaN or positive infinity, or if none is finite: that is how a faulty row shows. Only operators that CUDA has
 * without cuDNN: no ArgMax, no ReduceMax, no ReduceLogSumExp.
 *
 * @param k logits that a row gives; at most the vocabulary
 * @param inverseTemperatures input, float [rows, 1]
 * @param logits output
 * @param ids output
 * @param total output
 * @param temperedTotal output
 */
public record SamplingHead(int k, String inverseTemperatures, String logits, String ids, String total,
        String temperedTotal) {
    private static final String PREFIX = "sampling.";
    private static final String AXIS_1 = PREFIX + "axis_1";
    private static final String FIRST = PREFIX + "first";
    private static final String COUNT = PREFIX + "k";

    /** @param top logits that a row gives, unless the vocabulary is smaller */
    static SamplingHead of(int top, int vocabulary) {
        return new SamplingHead(Math.min(top, vocabulary), "inverse_temperatures", "top_logits", "top_ids", "total",
                "tempered_total");
    }

    TensorValue input() {
        return TensorValue.of(inverseTemperatures, ElementType.FLOAT, Dimension.of("rows"), Dimension.of(1));
    }

    List<TensorValue> outputs() {
        Dimension rows = Dimension.of("rows");
        return List.of(TensorValue.of(logits, ElementType.FLOAT, rows, Dimension.of(k)),
                TensorValue.of(ids, ElementType.INT64, rows, Dimension.of(k)),
                TensorValue.of(total, ElementType.FLOAT, rows, Dimension.of(1)),
                TensorValue.of(temperedTotal, ElementType.FLOAT, rows, Dimension.of(1)));
    }

    /** Constants of one number each, by name. */
    Map<String, Long> constants() {
        return Map.of(COUNT, (long) k, FIRST, 0L, AXIS_1, 1L);
    }

    /** The nodes over logits [rows, vocabulary] in float. */
    List<Node> nodes(String from) {
        return List.of(new Node(PREFIX + "top", "", "TopK", List.of(from, COUNT), List.of(logits, ids),
                List.of(Attribute.of("axis", 1), Attribute.of("largest", 1), Attribute.of("sorted", 1))),
                node("Gather", PREFIX + "best", List.of(logits, FIRST), Attribute.of("axis", 1)),
                node("Sub", PREFIX + "shifted", List.of(from, PREFIX + "best")),
                node("Exp", PREFIX + "weights", List.of(PREFIX + "shifted")),
                node("ReduceSum", total, List.of(PREFIX + "weights", AXIS_1), Attribute.of("keepdims", 1)),
                node("Mul", PREFIX + "tempered", List.of(PREFIX + "shifted", inverseTemperatures)),
                node("Exp", PREFIX + "tempered_weights", List.of(PREFIX + "tempered")),
                node("ReduceSum", temperedTotal, List.of(PREFIX + "tempered_weights", AXIS_1),
                        Attribute.of("keepdims", 1)));
    }

    private static Node node(String operator, String result, List<String> from, Attribute... attributes) {
        return new Node(result, "", operator, from, List.of(result), List.of(attributes));
    }
}
