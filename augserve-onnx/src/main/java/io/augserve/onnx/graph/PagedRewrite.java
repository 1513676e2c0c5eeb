package io.augserve.onnx.graph;

import static io.augserve.onnx.runtime.ElementType.FLOAT;
import static io.augserve.onnx.runtime.ElementType.FLOAT16;
import static io.augserve.onnx.runtime.ElementType.INT32;
import static io.augserve.onnx.runtime.ElementType.INT64;

import io.augserve.onnx.model.ExportDirectory;
import io.augserve.onnx.model.ModelFormatException;
import io.augserve.onnx.runtime.ElementType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Turns an exported decoder into one that the paged step runs: packed tokens of many sequences in, logits of chosen rows out, KV in pools.
 *
 * <p>A graph with {@code GroupQueryAttention} takes [batch, sequence] tokens. Its batch becomes one row that holds all packed tokens;
 * everything but attention treats tokens alone and does not notice, and every attention node is replaced:
 *
 * <pre>{@code
 * input_ids = unsqueeze(packed_input_ids)                                      likewise position_ids, if there are any
 * GroupQueryAttention(q, k, v, ...)  ->  unsqueeze(PagedAttention(squeeze(q), squeeze(k), squeeze(v), ...))
 * logits = squeeze(head(gather(hidden, logit_rows)))
 * }</pre>
 *
 * The subgraph that makes lengths from {@code attention_mask} is left without users and falls away. A graph with {@code PagedAttention}
 * has packed tokens already; of it only the attention's unread inputs and outputs change, and the rows of logits. Queries, keys and values
 * in half precision are cast around the attention, whose caches are in float. Whatever the kernel lacks is refused by its name.
 */
final class PagedRewrite {
    private static final String ONNX = "";
    private static final String PREFIX = "augserve.";
    private static final String AXIS_0 = PREFIX + "axis_0";
    private static final String LOGIT_ROWS = PREFIX + "logit_rows";
    private static final int SQUEEZE_WITH_INPUT = 13;

    private final OnnxModel model;
    private final ExportDirectory export;
    private final List<AttentionNode> attentions;
    private final boolean grouped;
    private final ElementType type;
    private final int headSize;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, TensorValue> inputs = new LinkedHashMap<>();
    /** New ones, and those that take the place of the model's. */
    private final Map<String, Initializer> constants = new LinkedHashMap<>();
    private final Map<String, String> floats = new HashMap<>();

    private PagedRewrite(OnnxModel model, ExportDirectory export) {
        this.model = model;
        this.export = export;
        grouped = !model.nodes(AttentionNode.DOMAIN, AttentionNode.GROUPED).isEmpty();
        attentions = model.nodes().stream().filter(PagedRewrite::attends).map(node -> AttentionNode.of(node, model))
                .toList();
        checkGraph();
        TensorValue cache = attentions.getFirst().keyCache();
        type = cache.is(FLOAT16) ? FLOAT16 : FLOAT;
        headSize = cache.size(3).orElseGet(() -> export.headSize()
                .orElseThrow(() -> problem("input " + cache.name(), "no width of a head", "its fourth dimension")));
        attentions.forEach(this::checkLike);
    }

    /** Whether a graph has nodes that can be rewritten. */
    static boolean isFor(OnnxModel model) {
        return model.nodes().stream().anyMatch(PagedRewrite::attends);
    }

    /**
     * What comes of the rewriting.
     *
     * @param model the graph
     * @param signature its inputs and outputs
     * @param maxContext positions that its rotary tables have, or the model's limit if that is less
     */
    record Result(OnnxModel model, DecoderSignature signature, int maxContext) {}

    /**
     * Rewrites a graph.
     *
     * @throws ModelFormatException if it has something that the paged step cannot give or the kernel lacks
     */
    static Result of(OnnxModel model, ExportDirectory export) {
        return new PagedRewrite(model, export).rewrite();
    }

    private static boolean attends(Node node) {
        return node.is(AttentionNode.DOMAIN, AttentionNode.PAGED)
                || node.is(AttentionNode.DOMAIN, AttentionNode.GROUPED);
    }

    private void checkGraph() {
        if (model.operatorSets().getOrDefault(ONNX, 0) < SQUEEZE_WITH_INPUT) {
            throw problem("operator set", "version " + model.operatorSets().get(ONNX),
                    SQUEEZE_WITH_INPUT + " or newer");
        }
        for (Node node : model.nodes()) {
            if (node.attributes().stream()
                    .anyMatch(each -> each instanceof Attribute.Encoded encoded && encoded.isGraph())) {
                throw problem(node(node), "a graph in a graph", "a graph without branches");
            }
            if (grouped && node.is(AttentionNode.DOMAIN, AttentionNode.PAGED)) {
                throw problem(node(node), "it beside GroupQueryAttention", "one kind of attention");
            }
        }
    }

    private void checkLike(AttentionNode attention) {
        for (TensorValue cache : List.of(attention.keyCache(), attention.valueCache())) {
            int heads = grouped ? 1 : 2;
            boolean sameSize = cache.size(3).orElse(headSize) == headSize
                    && cache.size(heads).orElse(attention.kvHeads()) == attentions.getFirst().kvHeads();
            if (!cache.is(type) || !sameSize) {
                throw problem("input " + cache.name(),
                        "type " + cache.type() + ", shape " + cache.shape().orElse(List.of()),
                        "FLOAT or FLOAT16, " + attentions.getFirst().kvHeads() + " heads of " + headSize
                                + " as in the first layer");
            }
        }
    }

    private Result rewrite() {
        TensorValue logits = model.output(export.names().logits())
                .orElseThrow(() -> problem("outputs", "no " + export.names().logits(), "logits"));
        LogitsHead head = LogitsHead.of(model, logits.name());
        String cumulative = packedTokens(AttentionNode.CUMULATIVE, "cumulative_sequence_length", "batch_plus_1");
        String past = packedTokens(AttentionNode.PAST, "past_seqlens", "batch");
        String table = packedTokens(AttentionNode.BLOCK_TABLE, "block_table", "batch", "max_blocks");
        declare(TensorValue.of(LOGIT_ROWS, INT64, Dimension.of("rows")));
        String ids = tokens(export.names().inputIds());
        Optional<String> positions = model.input(export.names().positionIds()).map(input -> tokens(input.name()));
        Iterator<AttentionNode> next = attentions.iterator();
        for (Node node : model.nodes()) {
            if (attends(node)) {
                attend(next.next(), cumulative, past, table);
            } else if (head.found() && node.outputs().equals(head.node().outputs())) {
                nodes.add(withRows(node, head, logits));
            } else {
                nodes.add(node);
            }
        }
        String output = output(head, logits);
        DecoderSignature signature = new DecoderSignature(ids, cumulative, past, table, LOGIT_ROWS, positions,
                attentions.stream().map(each -> each.keyCache().name()).toList(),
                attentions.stream().map(each -> each.valueCache().name()).toList(), output,
                attentions.getFirst().kvHeads(), headSize, vocabSize(logits));
        return new Result(live(signature), signature, maxContext());
    }

    /** One of the inputs that describe the packing: the export's own, or a new one. */
    private String packedTokens(int input, String name, String... shape) {
        String own = grouped ? PREFIX + name : attentions.getFirst().node().input(input);
        for (AttentionNode attention : attentions) {
            String used = attention.node().input(input);
            if (!grouped && (!used.equals(own) || model.input(own).isEmpty())) {
                throw problem(node(attention.node()), "input " + input + " (" + used + ")",
                        "the same input of the graph for all layers");
            }
        }
        Dimension[] dimensions = new Dimension[shape.length];
        for (int i = 0; i < shape.length; i++) {
            dimensions[i] = Dimension.of(shape[i]);
        }
        return declare(TensorValue.of(own, INT32, dimensions));
    }

    /** An int64 of each token: packed already, or made into a row of packed ones. */
    private String tokens(String name) {
        TensorValue input = model.input(name).orElseThrow(() -> problem("inputs", "no " + name, "the token ids"));
        if (!input.is(INT64)) {
            throw problem("input " + name, "type " + input.type(), "INT64");
        }
        if (!grouped) {
            return declare(TensorValue.of(name, INT64, Dimension.of("tokens")));
        }
        String packed = declare(TensorValue.of(PREFIX + name, INT64, Dimension.of("tokens")));
        add("Unsqueeze", List.of(packed, axis0()), name);
        return packed;
    }

    private String declare(TensorValue input) {
        inputs.put(input.name(), input);
        return input.name();
    }

    private void attend(AttentionNode attention, String cumulative, String past, String table) {
        Node node = attention.node();
        String name = node.outputs().getFirst();
        List<String> operands = new ArrayList<>(operands(attention));
        declareCache(attention.keyCache().name(), attention);
        declareCache(attention.valueCache().name(), attention);
        operands.addAll(List.of(attention.keyCache().name(), attention.valueCache().name(), cumulative, past, table));
        if (attention.isRotary()) {
            operands.add(table(attention.cosines()));
            operands.add(table(attention.sines()));
        }
        String mixed = grouped || type != FLOAT ? name + ".paged" : name;
        nodes.add(new Node(mixed, AttentionNode.DOMAIN, AttentionNode.PAGED, operands, List.of(mixed),
                attention.attributes()));
        String cast = type == FLOAT
                ? mixed
                : add("Cast", List.of(mixed), grouped ? mixed + ".cast" : name,
                        Attribute.of("to", type.code()));
        if (grouped) {
            add("Unsqueeze", List.of(cast, axis0()), name);
        }
    }

    /** Query, key and value, each [tokens, width] in float. */
    private List<String> operands(AttentionNode attention) {
        Node node = attention.node();
        List<String> parts = Stream.of(".query", ".key", ".value").map(part -> node.outputs().getFirst() + part)
                .toList();
        if (!attention.isPacked()) {
            return IntStream.range(0, 3).mapToObj(i -> operand(node.input(i), parts.get(i))).toList();
        }
        String sizes = PREFIX + "packed_" + attention.heads() + "_" + attention.kvHeads();
        long keys = (long) attention.kvHeads() * headSize;
        constants.put(sizes, Initializer.ofLongs(sizes, List.of((long) attention.heads() * headSize, keys, keys)));
        String packed = operand(node.input(0), node.outputs().getFirst() + ".packed");
        nodes.add(new Node(packed + ".split", ONNX, "Split", List.of(packed, sizes), parts,
                List.of(Attribute.of("axis", 1))));
        return parts;
    }

    /** The name of a value as [tokens, width] in float. */
    private String operand(String value, String name) {
        String flat = grouped ? add("Squeeze", List.of(value, axis0()), name + ".flat") : value;
        return type == FLOAT ? flat : add("Cast", List.of(flat), name + ".float", toFloat());
    }

    /** A rotary table in float, cast once for all layers. */
    private String table(String name) {
        if (type == FLOAT) {
            Optional.ofNullable(model.initializers().get(name)).ifPresent(this::align);
            return name;
        }
        return floats.computeIfAbsent(name, each -> add("Cast", List.of(each), each + ".float", toFloat()));
    }

    /** ONNX Runtime hands the mapped bytes of a file to the kernel, which reads whole floats. What it copies is aligned. */
    private void align(Initializer table) {
        switch (table.data()) {
            case Initializer.Data.Raw raw -> constants.put(table.name(), new Initializer(table.name(), table.type(),
                    table.shape(), new Initializer.Data.Listed(raw.message())));
            case Initializer.Data.External external when external.offset() % Float.BYTES != 0 -> throw problem(
                    "constant " + table.name(), "offset " + external.offset(), "a multiple of " + Float.BYTES);
            case Initializer.Data.External ignored -> {
            }
            case Initializer.Data.Listed ignored -> {
            }
        }
    }

    private void declareCache(String name, AttentionNode attention) {
        declare(TensorValue.of(name, FLOAT, Dimension.of("num_blocks"), Dimension.of("block_size"),
                Dimension.of(attention.kvHeads()), Dimension.of(headSize)));
    }

    private Node withRows(Node product, LogitsHead head, TensorValue logits) {
        String rows = add("Gather", List.of(head.hidden(), LOGIT_ROWS), PREFIX + "hidden_rows",
                Attribute.of("axis", head.axis().orElse(rank(logits) - 2L)));
        List<String> from = new ArrayList<>(product.inputs());
        from.set(0, rows);
        return new Node(product.name(), product.domain(), product.operator(), from, product.outputs(),
                product.attributes());
    }

    /** Tokens are the last dimension but one, before and behind the head. */
    private int rank(TensorValue logits) {
        return grouped ? 3 : logits.rank() == 3 ? 3 : 2;
    }

    /** Logits as float [rows, vocabulary]. */
    private String output(LogitsHead head, TensorValue logits) {
        int rank = rank(logits);
        String value = head.found()
                ? logits.name()
                : add("Gather", List.of(logits.name(), LOGIT_ROWS),
                        PREFIX + "rows", Attribute.of("axis", rank - 2));
        String flat = rank == 3 ? add("Squeeze", List.of(value, axis0()), PREFIX + "flat_rows") : value;
        return logits.is(FLOAT) ? flat : add("Cast", List.of(flat), PREFIX + "logits", toFloat());
    }

    private int vocabSize(TensorValue logits) {
        return logits.size(logits.rank() - 1).orElseGet(() -> export.vocabSize()
                .orElseThrow(() -> problem("output " + logits.name(), "no number of tokens", "its last dimension")));
    }

    private int maxContext() {
        return attentions.stream().filter(AttentionNode::isRotary)
                .map(each -> Optional.ofNullable(model.initializers().get(each.cosines())))
                .flatMap(Optional::stream).mapToInt(this::positions).reduce(export.contextLength(), Math::min);
    }

    private int positions(Initializer table) {
        if (table.shape().size() != 2) {
            throw problem("constant " + table.name(), "shape " + table.shape(), "a rotary table [positions, half]");
        }
        return (int) Math.min(Integer.MAX_VALUE, table.shape().getFirst());
    }

    /** The nodes that the logits need, in their order, and what these need. */
    private OnnxModel live(DecoderSignature signature) {
        Set<String> needed = new HashSet<>(Set.of(signature.logits()));
        List<Node> kept = new ArrayList<>();
        for (Node node : nodes.reversed()) {
            if (node.outputs().stream().anyMatch(needed::contains)) {
                kept.add(node);
                needed.addAll(node.inputs());
            }
        }
        for (TensorValue input : model.inputs()) {
            if (needed.contains(input.name()) && !inputs.containsKey(input.name()) && !isTokens(input.name())) {
                throw problem("input " + input.name(), "it used by " + user(kept, input.name()),
                        "nothing but attention that needs it");
            }
        }
        Map<String, Initializer> initializers = new LinkedHashMap<>(model.initializers());
        initializers.keySet().retainAll(needed);
        initializers.putAll(constants);
        Map<String, Integer> operatorSets = new HashMap<>(model.operatorSets());
        operatorSets.put(AttentionNode.DOMAIN, 1);
        TensorValue output = TensorValue.of(signature.logits(), FLOAT, Dimension.of("rows"),
                Dimension.of(signature.vocabSize()));
        return new OnnxModel(model.file(), model.irVersion(), operatorSets, kept.reversed(), initializers,
                List.copyOf(inputs.values()), List.of(output), model.functions());
    }

    /** Made from packed tokens now. */
    private boolean isTokens(String name) {
        return inputs.containsKey(PREFIX + name);
    }

    private static String user(List<Node> kept, String value) {
        return kept.stream().filter(node -> node.inputs().contains(value)).map(PagedRewrite::node)
                .collect(Collectors.joining(", "));
    }

    private String axis0() {
        constants.put(AXIS_0, Initializer.ofLongs(AXIS_0, List.of(0L)));
        return AXIS_0;
    }

    private static Attribute toFloat() {
        return Attribute.of("to", FLOAT.code());
    }

    private String add(String operator, List<String> from, String to, Attribute... attributes) {
        nodes.add(new Node(to, ONNX, operator, from, List.of(to), List.of(attributes)));
        return to;
    }

    private static String node(Node node) {
        return "node " + node.name() + " (" + node.operator() + ")";
    }

    private ModelFormatException problem(String where, String found, String expected) {
        return new ModelFormatException(model.file(), where, found, expected);
    }
}
