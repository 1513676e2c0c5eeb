package io.augserve.onnx.graph;

import io.augserve.onnx.runtime.ElementType;
import java.nio.file.Path;

/** A decoder as a session takes it, wherever it comes from. Immutable; the weights stay in their files. */
public sealed interface DecoderModel permits PagedModel, CopyingModel {
    /** The serialised {@code ModelProto}; written anew at every call. */
    byte[] toOnnx();

    /** The folder to which the graph's external data is relative. */
    Path weightsFolder();

    /** The longest context that the graph serves, in tokens. */
    int maxContext();

    /**
     * Bytes of weights that one run reads, however many tokens it has: all of them but an embedding that only looks rows up.
     */
    long weightBytesPerRun();

    /** Number of layers, each with a key and a value cache. */
    int layers();

    /** Key and value heads of the caches. */
    int kvHeads();

    /** Width of a head in the caches. */
    int headSize();

    /** Element type of the caches: FLOAT or FLOAT16. */
    ElementType kvType();

    /** Width of the logits. */
    int vocabSize();
}
