package io.augserve.onnx.text;

/** How a chat format's parser tells calls from text, for those who keep a model to what the parser reads. */
public sealed interface CallForm {
    /**
     * Calls anywhere in the text, each between two tags: {@code {"name": ..., "arguments": ...}}, as Hermes' models write it.
     *
     * @param open begins a call
     * @param close ends it, unless it stands in a JSON string
     */
    record Tagged(String open, String close) implements CallForm {}

    /**
     * Calls at the beginning of the turn, separated by {@code ;}: {@code {"name": ..., "parameters": ...}}, as Llama 3 writes it.
     *
     * @param tag announces a call at any other place
     */
    record Leading(String tag) implements CallForm {}
}
