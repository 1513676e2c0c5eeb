package io.augserve.examples;

import io.augserve.onnx.OnnxEngine;
import io.augserve.onnx.model.ModelFormatException;

/** Opens engines for model directories that a user names. */
public final class OnnxEngines {
    private OnnxEngines() {}

    /**
     * Opens an engine.
     *
     * @throws BadInputException if the directory cannot be served
     */
    public static OnnxEngine open(OnnxEngine.Builder builder) {
        try {
            return builder.build();
        } catch (ModelFormatException e) {
            throw new BadInputException(String.valueOf(e.getMessage()));
        }
    }
}
