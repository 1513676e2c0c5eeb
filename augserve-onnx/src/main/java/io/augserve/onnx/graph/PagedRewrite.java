package io.augserve.onnx.graph;

import static io.augserve.onnx.runtime.ElementType.FLOAT;
import static io.augserve.onnx.runtime.ElementType.FLOAT16;
import static io.augserve.onnx.runtime.ElementType.INT32;
import static io.augserve.onnx.runtime.ElementType.INT64;

import io.augserve.onnx.model.ExportDirectory;
import io.augserve.onnx.model.ModelFormatException;
import io.augserve.onnx.runtime.ElementType;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

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
 * in another precision than the attention computes in are cast around it. Whatever the kernel lacks is refused by its name.
 */
final class PagedRewrite {
    private static final String ONNX = "";
    private static final String LOGIT_ROWS = GraphDraft.PREFIX + "logit_rows";
    private static final int SQUEEZE_WITH_INPUT = 13;

    private final OnnxModel model;
    private final ExportDirectory export;
    private final List<AttentionNode> attentions;
    private final boolean grouped;
    private final ElementType type;
    private final int headSize;
    private final GraphDraft draft;
    private final GraphTarget target;

    private PagedRewrite(OnnxModel model, ExportDirectory export, GraphTarget target) {
        this.target = target;
        this.model = model;
        this.export = export;
        this.draft = new GraphDraft(model);
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
     * @param target what attention computes in, and what the graph gives beside logits
     * @throws ModelFormatException if it has something that the paged step cannot give or the kernel lacks
     */
    static Result of(OnnxModel model, ExportDirectory export, GraphTarget target) {
        return new PagedRewrite(model, export, target).rewrite();
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
                throw problem(node.title(), "a graph in a graph", "a graph without branches");
            }
            if (grouped && node.is(AttentionNode.DOMAIN, AttentionNode.PAGED)) {
                throw problem(node.title(), "it beside GroupQueryAttention", "one kind of attention");
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
        List<String> lengths = List.of(packing(AttentionNode.CUMULATIVE, "cumulative_sequence_length", "batch_plus_1"),
                packing(AttentionNode.PAST, "past_seqlens", "batch"),
                packing(AttentionNode.BLOCK_TABLE, "block_table", "batch", "max_blocks"));
        draft.declare(TensorValue.of(LOGIT_ROWS, INT64, Dimension.of("rows")));
        String ids = tokens(export.names().inputIds());
        Optional<String> positions = model.input(export.names().positionIds()).map(input -> tokens(input.name()));
        Optional<String> metadata = DecoderSignature.metadata(target, GraphDraft.PREFIX + "attention_metadata");
        metadata.ifPresent(name -> draft.declare(TensorValue.of(name, INT32, Dimension.of(2))));
        AttentionRewrite rewrite = new AttentionRewrite(model, draft, grouped, type, target, headSize);
        Iterator<AttentionNode> next = attentions.iterator();
        for (Node node : model.nodes()) {
            if (attends(node)) {
                rewrite.attend(next.next(), lengths, metadata);
            } else if (head.found() && node.outputs().equals(head.node().outputs())) {
                draft.add(withRows(node, head, logits));
            } else {
                draft.add(node);
            }
        }
        DecoderSignature signature = new DecoderSignature(ids, lengths.get(0), lengths.get(1), lengths.get(2),
                LOGIT_ROWS, positions, metadata, attentions.stream().map(each -> each.keyCache().name()).toList(),
                attentions.stream().map(each -> each.valueCache().name()).toList(), output(head, logits),
                DecoderSignature.sampling(target, vocabSize(logits)),
                attentions.getFirst().kvHeads(), headSize, vocabSize(logits));
        TensorValue output = TensorValue.of(signature.logits(), FLOAT, Dimension.of("rows"),
                Dimension.of(signature.vocabSize()));
        List<TensorValue> outputs = new ArrayList<>(List.of(output));
        signature.sampling().ifPresent(sampling -> {
            sampling.constants()
                    .forEach((name, value) -> draft.constant(Initializer.ofLongs(name, List.of(value))));
            draft.declare(sampling.input());
            sampling.nodes(signature.logits()).forEach(draft::add);
            outputs.addAll(sampling.outputs());
        });
        return new Result(draft.live(outputs, AttentionNode.DOMAIN), signature, maxContext());
    }

    /** One of the inputs that describe the packing: the export's own, or a new one. */
    private String packing(int input, String name, String... shape) {
        String own = grouped ? GraphDraft.PREFIX + name : attentions.getFirst().node().input(input);
        for (AttentionNode attention : attentions) {
            String used = attention.node().input(input);
            if (!grouped && (!used.equals(own) || model.input(own).isEmpty())) {
                throw problem(attention.node().title(), "input " + input + " (" + used + ")",
                        "the same input of the graph for all layers");
            }
        }
        Dimension[] dimensions = new Dimension[shape.length];
        for (int i = 0; i < shape.length; i++) {
            dimensions[i] = Dimension.of(shape[i]);
        }
        return draft.declare(TensorValue.of(own, INT32, dimensions));
    }

    /** An int64 of each token: packed already, or made into a row of packed ones. */
    private String tokens(String name) {
        TensorValue input = model.input(name).orElseThrow(() -> problem("inputs", "no " + name, "the token ids"));
        if (!input.is(INT64)) {
            throw problem("input " + name, "type " + input.type(), "INT64");
        }
        if (!grouped) {
            return draft.declare(TensorValue.of(name, INT64, Dimension.of("tokens")));
        }
        String packed = draft.declare(TensorValue.of(GraphDraft.PREFIX + name, INT64, Dimension.of("tokens")));
        draft.unsqueeze(packed, name);
        return packed;
    }

    private Node withRows(Node product, LogitsHead head, TensorValue logits) {
        String rows = draft.add("Gather", List.of(head.hidden(), LOGIT_ROWS), GraphDraft.PREFIX + "hidden_rows",
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
                : draft.add("Gather", List.of(logits.name(), LOGIT_ROWS), GraphDraft.PREFIX + "rows",
                        Attribute.of("axis", rank - 2));
        String flat = rank == 3 ? draft.squeeze(value, GraphDraft.PREFIX + "flat_rows") : value;
        return logits.is(FLOAT) ? flat : draft.cast(flat, GraphDraft.PREFIX + "logits", FLOAT);
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

    private ModelFormatException problem(String where, String found, String expected) {
        return new ModelFormatException(model.file(), where, found, expected);
    }
}
