package io.augserve.onnx;

/** ONNX Runtime cannot be loaded, or refuses or fails to run a model; the message is its own, with the library or file it is about. */
public final class OnnxEngineException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OnnxEngineException(String message, Throwable cause) {
        super(message, cause);
    }
}
