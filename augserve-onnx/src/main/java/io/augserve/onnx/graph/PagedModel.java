package io.augserve.onnx.graph;

/** A decoder that attends to its KV cache where it lies, through {@code com.microsoft.PagedAttention} on pools of blocks. */
public non-sealed interface PagedModel extends DecoderModel {
    /** The names of the graph's inputs and outputs. */
    DecoderSignature signature();

    @Override
    default int layers() {
        return signature().layers();
    }

    @Override
    default int kvHeads() {
        return signature().kvHeads();
    }

    @Override
    default int headSize() {
        return signature().headSize();
    }

    @Override
    default int vocabSize() {
        return signature().vocabSize();
    }
}
