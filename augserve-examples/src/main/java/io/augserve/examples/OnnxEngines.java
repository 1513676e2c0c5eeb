package io.augserve.examples;

import io.augserve.onnx.Device;
import io.augserve.onnx.OnnxEngine;
import io.augserve.onnx.OnnxEngineException;
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

    /**
     * Opens an engine on the device of an option; what is wrong with that is the user's to mend.
     *
     * @throws BadInputException if the directory cannot be served, or not on that device
     */
    public static OnnxEngine open(OnnxEngine.Builder builder, DeviceOption option) {
        try {
            return open(option.apply(builder));
        } catch (OnnxEngineException e) {
            if (option.device().equals(Device.cpu()) && option.library().isEmpty()) {
                throw e;
            }
            throw new BadInputException(String.valueOf(e.getMessage()));
        }
    }
}
