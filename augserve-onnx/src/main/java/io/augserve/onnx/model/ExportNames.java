package io.augserve.onnx.model;

/**
 * What the inputs and outputs of an exported decoder are called. {@code %d} in a name stands for the layer.
 *
 * @param inputIds the new tokens
 * @param attentionMask which tokens of past and present are real
 * @param positionIds the new tokens' positions
 * @param pastKeys keys that were computed before
 * @param pastValues values that were computed before
 * @param presentKeys keys of all tokens
 * @param presentValues values of all tokens
 * @param logits what is sampled from
 */
public record ExportNames(String inputIds, String attentionMask, String positionIds, String pastKeys,
        String pastValues, String presentKeys, String presentValues, String logits) {
    /** The names that Hugging Face Optimum and onnxruntime-genai give unless told otherwise. */
    public static final ExportNames USUAL = new ExportNames("input_ids", "attention_mask", "position_ids",
            "past_key_values.%d.key", "past_key_values.%d.value", "present.%d.key", "present.%d.value", "logits");

    /** Reads {@code model.decoder} of a {@code genai_config.json}. */
    static ExportNames read(JsonFields decoder) {
        return new ExportNames(name(decoder, "inputs", "input_ids", USUAL.inputIds),
                name(decoder, "inputs", "attention_mask", USUAL.attentionMask),
                name(decoder, "inputs", "position_ids", USUAL.positionIds),
                name(decoder, "inputs", "past_key_names", USUAL.pastKeys),
                name(decoder, "inputs", "past_value_names", USUAL.pastValues),
                name(decoder, "outputs", "present_key_names", USUAL.presentKeys),
                name(decoder, "outputs", "present_value_names", USUAL.presentValues),
                name(decoder, "outputs", "logits", USUAL.logits));
    }

    private static String name(JsonFields decoder, String group, String field, String usual) {
        return decoder.optionalObject(group).flatMap(names -> names.optionalString(field)).orElse(usual);
    }

    /** The name of a layer's value. */
    public static String of(String pattern, int layer) {
        return pattern.replace("%d", Integer.toString(layer));
    }
}
