package io.augserve.onnx;

/**
 * ONNX Runtime cannot be loaded, refuses or fails to run a model, or a device cannot be used as the options say. The message is one line with the
 * library, file or option it is about.
 */
public final class OnnxEngineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OnnxEngineException(String message) {
        super(message);
    }

    OnnxEngineException(String message, Throwable cause) {
        super(message, cause);
    }
}
