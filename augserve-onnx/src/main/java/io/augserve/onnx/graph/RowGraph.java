package io.augserve.onnx.graph;

import io.augserve.onnx.runtime.ElementType;
import java.util.List;
import java.util.Map;

/** A graph that takes some rows out of a tensor of logits on a device, so that only these cross to the host. */
public final class RowGraph {
    /** Input, float [all, vocabulary]. */
    public static final String LOGITS = "logits";
    /** Input, int64 [n]. */
    public static final String ROWS = "rows";
    /** Output, float [n, vocabulary]. */
    public static final String TAKEN = "taken";

    private RowGraph() {}

    /** The serialised {@code ModelProto}. */
    public static byte[] of(int vocabulary) {
        OnnxWriter onnx = new OnnxWriter();
        onnx.input(LOGITS, ElementType.FLOAT, Dimension.of("all"), Dimension.of(vocabulary));
        onnx.input(ROWS, ElementType.INT64, Dimension.of("n"));
        onnx.node(new Node("take", "", "Gather", List.of(LOGITS, ROWS), List.of(TAKEN), List.of()));
        onnx.output(TAKEN, ElementType.FLOAT, Dimension.of("n"), Dimension.of(vocabulary));
        return onnx.write("rows", Map.of("", 18));
    }
}
