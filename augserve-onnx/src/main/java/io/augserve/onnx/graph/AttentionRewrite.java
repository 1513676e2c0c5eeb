package io.augserve.onnx.graph;

import static io.augserve.onnx.runtime.ElementType.FLOAT;

import io.augserve.onnx.model.ModelFormatException;
import io.augserve.onnx.runtime.ElementType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Puts a {@code PagedAttention} over packed tokens in the place of an exported attention node: dimensions are dropped and put back where the
 * export has a batch, packed operands are split, and what is in another precision than the kernel computes in is cast.
 *
 * @param model the export
 * @param draft where the nodes go
 * @param grouped whether values have a batch dimension, which is 1
 * @param type of queries, keys and values
 * @param target what the kernel computes in, and the caches' type
 * @param headSize width of a head
 * @param tables rotary tables in the kernel's type, by the export's names
 */
record AttentionRewrite(OnnxModel model, GraphDraft draft, boolean grouped, ElementType type, GraphTarget target,
        int headSize, Map<String, String> tables) {
    AttentionRewrite(OnnxModel model, GraphDraft draft, boolean grouped, ElementType type, GraphTarget target,
            int headSize) {
        this(model, draft, grouped, type, target, headSize, new HashMap<>());
    }

    /** Writes one node; {@code lengths} are cumulative and past lengths and the block table. */
    void attend(AttentionNode attention, List<String> lengths, Optional<String> metadata) {
        String name = attention.node().outputs().getFirst();
        List<String> inputs = new ArrayList<>(operands(attention));
        inputs.add(cache(attention.keyCache(), attention));
        inputs.add(cache(attention.valueCache(), attention));
        inputs.addAll(lengths);
        if (attention.isRotary()) {
            inputs.add(table(attention.cosines()));
            inputs.add(table(attention.sines()));
        }
        metadata.ifPresent(input -> inputs.addAll(AttentionNode.metadata(inputs.size(), input)));
        boolean cast = type != target.compute();
        String paged = grouped || cast ? name + ".paged" : name;
        draft.add(new Node(paged, AttentionNode.DOMAIN, AttentionNode.PAGED, inputs, List.of(paged),
                attention.attributes()));
        String typed = !cast ? paged : draft.cast(paged, grouped ? paged + ".cast" : name, type);
        if (grouped) {
            draft.unsqueeze(typed, name);
        }
    }

    /** Query, key and value, each [tokens, width]. */
    private List<String> operands(AttentionNode attention) {
        Node node = attention.node();
        String name = node.outputs().getFirst();
        List<String> parts = Stream.of(".query", ".key", ".value").map(part -> name + part).toList();
        if (!attention.isPacked()) {
            return IntStream.range(0, 3).mapToObj(i -> operand(node.input(i), parts.get(i))).toList();
        }
        long keys = (long) attention.kvHeads() * headSize;
        String sizes = GraphDraft.PREFIX + "packed_" + attention.heads() + "_" + attention.kvHeads();
        draft.constant(Initializer.ofLongs(sizes, List.of((long) attention.heads() * headSize, keys, keys)));
        String packed = operand(node.input(0), name + ".packed");
        draft.add(new Node(packed + ".split", "", "Split", List.of(packed, sizes), parts,
                List.of(Attribute.of("axis", 1))));
        return parts;
    }

    private String operand(String value, String name) {
        String flat = grouped ? draft.squeeze(value, name + ".flat") : value;
        return type == target.compute() ? flat : draft.cast(flat, name + ".computed", target.compute());
    }

    private String cache(TensorValue cache, AttentionNode attention) {
        return draft.declare(TensorValue.of(cache.name(), target.cache(), Dimension.of("num_blocks"),
                Dimension.of("block_size"), Dimension.of(attention.kvHeads()), Dimension.of(headSize)));
    }

    /** A rotary table as the kernel takes it, cast once for all layers. */
    private String table(String name) {
        if (type == target.compute()) {
            Optional.ofNullable(model.initializers().get(name)).ifPresent(this::align);
            return name;
        }
        return tables.computeIfAbsent(name, each -> draft.cast(each, each + ".computed", target.compute()));
    }

    /** ONNX Runtime hands the mapped bytes of a file to the kernel, which reads whole floats. What it copies is aligned. */
    private void align(Initializer table) {
        if (table.type() != FLOAT.code()) {
            return;
        }
        switch (table.data()) {
            case Initializer.Data.Raw raw -> draft.constant(new Initializer(table.name(), table.type(), table.shape(),
                    new Initializer.Data.Listed(raw.message())));
            case Initializer.Data.External external when external.offset() % Float.BYTES != 0 ->
                throw new ModelFormatException(model.file(), "constant " + table.name(),
                        "offset " + external.offset(), "a multiple of " + Float.BYTES);
            case Initializer.Data.External ignored -> {
            }
            case Initializer.Data.Listed ignored -> {
            }
        }
    }
}
