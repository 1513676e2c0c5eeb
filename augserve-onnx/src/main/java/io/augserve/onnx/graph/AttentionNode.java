package io.augserve.onnx.graph;

import io.augserve.onnx.model.ModelFormatException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A node that attends to a KV cache, read as what {@code PagedAttention} on the CPU computes: {@code PagedAttention} itself or
 * {@code GroupQueryAttention}. Both have query, key, value and the two caches as their first inputs, and mean the same by the attributes
 * that are kept here.
 *
 * @param node the node
 * @param keyCache the graph's input with the keys
 * @param valueCache the graph's input with the values
 * @param cosines table of the rotary embedding; empty without rotation
 * @param sines likewise
 * @param heads query heads
 * @param kvHeads key and value heads
 * @param attributes of the operator on the CPU
 */
record AttentionNode(Node node, TensorValue keyCache, TensorValue valueCache, String cosines, String sines, int heads,
        int kvHeads, List<Attribute> attributes) {
    static final String DOMAIN = "com.microsoft";
    static final String PAGED = "PagedAttention";
    static final String GROUPED = "GroupQueryAttention";
    /** Of a PagedAttention. */
    static final int CUMULATIVE = 5;
    static final int PAST = 6;
    static final int BLOCK_TABLE = 7;

    private static final int METADATA = 16;
    private static final int KEY = 1;
    private static final int KEY_CACHE = 3;
    private static final int VALUE_CACHE = 4;

    /** Inputs behind the rotary tables that change nothing here or are told otherwise; all others must be left out. */
    private static final Map<String, Integer> IDLE_INPUT = Map.of(PAGED, METADATA, GROUPED, 9);
    private static final Map<String, Integer> COSINES = Map.of(PAGED, 8, GROUPED, 7);
    private static final List<String> KEPT = List.of("num_heads", "kv_num_heads", "scale", "softcap",
            "local_window_size", "do_rotary");
    /** Attributes that stand for something that the kernel lacks, unless they have these values. */
    private static final Map<String, List<String>> HARMLESS = Map.of("rotary_interleaved", List.of("0"),
            "smooth_softmax", List.of("0", "-1"), "k_quant_type", List.of("NONE"), "v_quant_type", List.of("NONE"),
            "kv_cache_bit_width", List.of("0"), "qk_output", List.of("0"), "causal", List.of("1"),
            "sliding_window_cache", List.of("0"));
    /** Means something only together with an input that must be left out. */
    private static final String IDLE_ATTRIBUTE = "qk_norm_epsilon";

    /**
     * Reads a node.
     *
     * @throws ModelFormatException if it asks for something that the kernel lacks
     */
    static AttentionNode of(Node node, OnnxModel model) {
        Reading reading = new Reading(model, node);
        reading.checkInputs();
        reading.checkAttributes();
        boolean rotary = reading.integer("do_rotary").orElse(0L) != 0;
        int cosines = COSINES.getOrDefault(node.operator(), 0);
        return new AttentionNode(node, reading.cache(KEY_CACHE), reading.cache(VALUE_CACHE),
                rotary ? node.input(cosines) : "", rotary ? node.input(cosines + 1) : "",
                reading.positive("num_heads"), reading.positive("kv_num_heads"),
                node.attributes().stream().filter(each -> KEPT.contains(each.name())).toList());
    }

    /** What a PagedAttention with {@code size} inputs is given behind them so that its metadata have that name. */
    static List<String> metadata(int size, String name) {
        List<String> inputs = new ArrayList<>(Collections.nCopies(METADATA - size, ""));
        inputs.add(name);
        return inputs;
    }

    /** Whether query, key and value come side by side in the first input. */
    boolean isPacked() {
        return node.input(KEY).isEmpty();
    }

    boolean isRotary() {
        return !cosines.isEmpty();
    }

    private record Reading(OnnxModel model, Node node) {
        void checkInputs() {
            int rotary = COSINES.getOrDefault(node.operator(), 0);
            int idle = IDLE_INPUT.getOrDefault(node.operator(), 0);
            for (int i = rotary + 2; i < node.inputs().size(); i++) {
                if (i != idle && !node.input(i).isEmpty()) {
                    throw problem("input " + i + " (" + node.input(i) + ")", "none there");
                }
            }
            if (node.outputs().size() > 3) {
                throw problem("output 3", "no attention scores");
            }
        }

        void checkAttributes() {
            for (Attribute attribute : node.attributes()) {
                List<String> harmless = HARMLESS.getOrDefault(attribute.name(), List.of());
                boolean known = KEPT.contains(attribute.name()) || attribute.name().equals(IDLE_ATTRIBUTE)
                        || harmless.contains(text(attribute));
                if (!known) {
                    throw problem("attribute " + attribute.name() + " = " + text(attribute),
                            harmless.isEmpty() ? "none of that name" : harmless.getFirst());
                }
            }
        }

        private static String text(Attribute attribute) {
            return switch (attribute) {
                case Attribute.OfInt(String ignored, long value) -> Long.toString(value);
                case Attribute.OfFloat(String ignored, float value) -> Float.toString(value);
                case Attribute.OfString(String ignored, String value) -> value;
                case Attribute.OfInts(String ignored, List<Long> values) -> values.toString();
                case Attribute.Encoded encoded -> "a value of type " + encoded.type();
            };
        }

        Optional<Long> integer(String name) {
            return node.attributes().stream()
                    .filter(each -> each instanceof Attribute.OfInt && each.name().equals(name))
                    .map(each -> ((Attribute.OfInt) each).value()).findFirst();
        }

        int positive(String name) {
            long value = integer(name).orElse(0L);
            if (value < 1 || value > Short.MAX_VALUE) {
                throw problem("attribute " + name + " = " + value, "a number of heads");
            }
            return (int) value;
        }

        TensorValue cache(int input) {
            return model.input(node.input(input))
                    .orElseThrow(() -> problem("cache " + node.input(input), "an input of the graph"));
        }

        private ModelFormatException problem(String found, String expected) {
            Path file = model.file();
            return new ModelFormatException(file, node.title(), found,
                    expected);
        }
    }
}
