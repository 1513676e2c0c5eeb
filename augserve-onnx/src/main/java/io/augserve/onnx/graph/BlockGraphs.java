package io.augserve.onnx.graph;

import static io.augserve.onnx.runtime.ElementType.INT64;

import io.augserve.onnx.runtime.ElementType;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Graphs that copy blocks of KV pools inside a device, or between it and tensors of the host, with operators that every device has. A pool is seen as
 * [blocks, row], whatever its elements are. A graph that writes has every pool as an input and as an output, which are to be bound to the same memory:
 * ScatterND then writes the rows alone.
 *
 * <pre>
 * within   moved[i] = ScatterND(pool[i], to, Gather(pool[i], from))       reads all rows of a pool before it writes one
 * out      packed = Concat(Gather(pool[0], from), Gather(pool[1], from), ...)
 * in       moved[i] = ScatterND(pool[i], to, Split(packed)[i])
 * clear    moved[0] = pool[0] - pool[0]                                   for integers
 * </pre>
 *
 * @param pools number of pools
 * @param type of the elements as they are seen
 * @param row elements of a block in one pool
 */
public record BlockGraphs(int pools, ElementType type, long row) {
    /** Input, int64 [n]: blocks to read. */
    public static final String FROM = "from";
    /** Input, int64 [n, 1]: blocks to write, all different. */
    public static final String TO = "to";
    /** Input or output [n, pools * row]: blocks over all pools. */
    public static final String PACKED = "packed";
    private static final Map<String, Integer> OPERATOR_SETS = Map.of("", 18);

    /** The name of a pool as an input. */
    public static String pool(int i) {
        return "pool." + i;
    }

    /** The name of a pool as an output. */
    public static String moved(int i) {
        return "moved." + i;
    }

    private static String rows(int i) {
        return "rows." + i;
    }

    /** From some blocks to others. */
    public byte[] within() {
        OnnxWriter onnx = withPools();
        onnx.input(FROM, INT64, Dimension.of("n"));
        onnx.input(TO, INT64, Dimension.of("n"), Dimension.of(1));
        for (int i = 0; i < pools; i++) {
            gather(onnx, i);
            scatter(onnx, i);
        }
        return onnx.write("within", OPERATOR_SETS);
    }

    /** From blocks to packed ones. */
    public byte[] out() {
        OnnxWriter onnx = withPools();
        onnx.input(FROM, INT64, Dimension.of("n"));
        for (int i = 0; i < pools; i++) {
            gather(onnx, i);
        }
        onnx.node(new Node("concat", "", "Concat", names(), List.of(PACKED), List.of(Attribute.of("axis", 1))));
        onnx.output(PACKED, type, Dimension.of("n"), Dimension.of(pools * row));
        return onnx.write("out", OPERATOR_SETS);
    }

    /** From packed blocks to others. */
    public byte[] in() {
        OnnxWriter onnx = withPools();
        onnx.input(TO, INT64, Dimension.of("n"), Dimension.of(1));
        onnx.input(PACKED, type, Dimension.of("n"), Dimension.of(pools * row));
        onnx.node(new Node("split", "", "Split", List.of(PACKED), names(),
                List.of(Attribute.of("axis", 1), Attribute.of("num_outputs", pools))));
        for (int i = 0; i < pools; i++) {
            scatter(onnx, i);
        }
        return onnx.write("in", OPERATOR_SETS);
    }

    /** Zeros for a whole pool, seen as integers. */
    public byte[] clear() {
        OnnxWriter onnx = new OnnxWriter();
        onnx.input(pool(0), type, Dimension.of("blocks"), Dimension.of(row));
        onnx.node(new Node("clear", "", "Sub", List.of(pool(0), pool(0)), List.of(moved(0)), List.of()));
        onnx.output(moved(0), type, Dimension.of("blocks"), Dimension.of(row));
        return onnx.write("clear", OPERATOR_SETS);
    }

    private OnnxWriter withPools() {
        OnnxWriter onnx = new OnnxWriter();
        for (int i = 0; i < pools; i++) {
            onnx.input(pool(i), type, Dimension.of("blocks"), Dimension.of(row));
        }
        return onnx;
    }

    private List<String> names() {
        return IntStream.range(0, pools).mapToObj(BlockGraphs::rows).toList();
    }

    private static void gather(OnnxWriter onnx, int i) {
        onnx.node(new Node(rows(i), "", "Gather", List.of(pool(i), FROM), List.of(rows(i)), List.of()));
    }

    private void scatter(OnnxWriter onnx, int i) {
        onnx.node(new Node(moved(i), "", "ScatterND", List.of(pool(i), TO, rows(i)), List.of(moved(i)), List.of()));
        onnx.output(moved(i), type, Dimension.of("blocks"), Dimension.of(row));
    }
}
