package io.augserve.onnx.graph;

import io.augserve.onnx.model.ModelConfig;
import io.augserve.onnx.model.ModelFormatException;
import io.augserve.onnx.model.Weights;
import io.augserve.onnx.runtime.ElementType;
import java.nio.file.Path;

/**
 * The ONNX graph of a decoder with a paged KV cache, written from a configuration and the positions of its weights.
 * Immutable.
 *
 * <p>
 * The graph is small: the weights stay in the safetensors files as external data. A session loads it from
 * {@link #toOnnx()} with the option {@code session.model_external_initializers_file_folder_path} set to
 * {@link #weightsFolder()}. How the large weights get there is a choice of {@link LinearLayers}, and what it computes in one of {@link GraphTarget}.
 * Attention is {@code com.microsoft.PagedAttention}, which ONNX Runtime has for CUDA in half precision only: on the CPU a
 * kernel of that name must be registered.
 */
public final class DecoderGraph implements PagedModel {
    private final ModelConfig config;
    private final ExternalWeights weights;
    private final DecoderSignature signature;
    private final int maxContext;
    private final GraphTarget target;
    private final LinearLayers layers;

    private DecoderGraph(ModelConfig config, ExternalWeights weights, int maxContext, GraphTarget target,
            LinearLayers layers) {
        this.target = target;
        this.config = config;
        this.weights = weights;
        this.layers = layers;
        this.signature = DecoderSignature.of(config, target);
        this.maxContext = maxContext;
    }

    /**
     * Checks that the weights fit the configuration and plans the graph.
     *
     * @param maxContext the longest context that will be served, in tokens, at least 1; a bound above the model's own is
     *            lowered to it. The rotary tables take {@code 4 * headSize * maxContext} bytes.
     * @param layers the operators of the linear layers
     * @throws ModelFormatException if a tensor is missing, superfluous, or has another shape than the configuration says
     */
    public static DecoderGraph of(ModelConfig config, Weights weights, int maxContext, LinearLayers layers) {
        if (maxContext < 1) {
            throw new IllegalArgumentException("maxContext: found " + maxContext + ", expected at least 1");
        }
        DecoderTensors.check(config, weights);
        return new DecoderGraph(config, ExternalWeights.of(weights),
                Math.min(maxContext, config.maxPositionEmbeddings()), GraphTarget.cpu(ElementType.FLOAT), layers);
    }

    /** The same for another machine, whose attention operator must have the types that the target names. */
    public DecoderGraph forTarget(GraphTarget other) {
        return new DecoderGraph(config, weights, maxContext, other, layers);
    }

    @Override
    public ElementType kvType() {
        return target.cache();
    }

    /** The names of the graph's inputs and outputs. */
    @Override
    public DecoderSignature signature() {
        return signature;
    }

    /** The longest context that the graph serves, in tokens; a position at or beyond it has no rotary angle. */
    @Override
    public int maxContext() {
        return maxContext;
    }

    /**
     * Bytes of weights that one run reads, however many tokens it has: all of them, as they are kept, but an
     * embedding that only looks rows up.
     */
    @Override
    public long weightBytesPerRun() {
        return DecoderTensors.shapes(config).entrySet().stream()
                .filter(tensor -> config.tieWordEmbeddings() || !tensor.getKey().equals(DecoderTensors.EMBEDDING))
                .mapToLong(tensor -> layers.bytesRead(tensor.getKey(),
                        tensor.getValue().stream().reduce(1L, Math::multiplyExact)))
                .sum();
    }

    /** The folder to which the graph's external data is relative. */
    @Override
    public Path weightsFolder() {
        return weights.folder();
    }

    /** The serialised {@code ModelProto}; written anew at every call. */
    @Override
    public byte[] toOnnx() {
        return new DecoderWriter(config, weights, signature, maxContext, target, layers).write();
    }
}
