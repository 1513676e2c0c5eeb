package io.augserve.onnx.runtime;

/** ONNX Runtime refused a call, or its library could not be loaded. The message is ONNX Runtime's own, or names the file and the reason. */
public final class OrtException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public OrtException(String message) {
        super(message);
    }

    public OrtException(String message, Throwable cause) {
        super(message, cause);
    }
}
