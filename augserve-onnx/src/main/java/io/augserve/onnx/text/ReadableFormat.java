package io.augserve.onnx.text;

import io.augserve.engine.ChatFormat;

/** A chat format whose turns can be told token by token before they are written: what constrained sampling needs to know of it. */
public interface ReadableFormat extends ChatFormat {
    /** How calls are told from text. */
    CallForm callForm();

    /** One more than the largest token id that has text. */
    int vocabularySize();

    /**
     * The UTF-8 bytes that a token adds to what the call parser sees, not to be written to. Special tokens add none, but for the tags of
     * calls.
     */
    byte[] bytes(int token);
}
