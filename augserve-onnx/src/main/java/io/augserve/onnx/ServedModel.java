package io.augserve.onnx;

import io.augserve.onnx.graph.DecoderTensors;
import io.augserve.onnx.graph.LinearLayers;
import io.augserve.onnx.graph.ProductLayers;
import io.augserve.onnx.kernel.Workers;
import io.augserve.onnx.linear.LinearOperators;
import io.augserve.onnx.linear.ServedWeights;
import io.augserve.onnx.linear.WeightOptions;
import io.augserve.onnx.model.ModelConfig;
import io.augserve.onnx.runtime.CustomOperator;
import io.augserve.onnx.graph.CopyingModel;
import io.augserve.onnx.graph.DecoderGraph;
import io.augserve.onnx.graph.DecoderModel;
import io.augserve.onnx.graph.ExportedPagedModel;
import io.augserve.onnx.graph.OnnxModel;
import io.augserve.onnx.graph.OnnxReader;
import io.augserve.onnx.model.ExportDirectory;
import io.augserve.onnx.model.GenerationDefaults;
import io.augserve.onnx.model.ModelDirectory;
import io.augserve.onnx.model.ModelFormatException;
import io.augserve.onnx.model.WeightFormat;
import io.augserve.onnx.model.WeightType;
import io.augserve.onnx.runtime.ElementType;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a path leads to, in the form in which it will run.
 *
 * @param directory where the tokenizer is
 * @param decoder the graph
 * @param eosIds tokens that end a text
 * @param operators that the graph needs beside attention
 * @param generation how the model's authors want it sampled
 */
record ServedModel(Path directory, DecoderModel decoder, List<Integer> eosIds, List<CustomOperator> operators,
        GenerationDefaults generation) {
    private static final Logger LOG = LoggerFactory.getLogger(ServedModel.class);

    ServedModel {
        eosIds = List.copyOf(eosIds);
        operators = List.copyOf(operators);
    }

    /**
     * Finds and checks a model: a Hugging Face directory with safetensors files if it is one, else an ONNX export
     * ({@link ExportDirectory#find}).
     *
     * @param weights of a checkpoint; an export keeps its own
     * @param workers of the operators
     * @param resources take what stays open
     * @throws ModelFormatException if it cannot be served
     */
    static ServedModel open(Path path, int maxContext, ElementType kvType, WeightOptions weights, Workers workers,
            Resources resources) {
        return ExportDirectory.find(path).map(export -> exported(export, maxContext, kvType)).orElseGet(
                () -> checkpoint(ModelDirectory.open(path), maxContext, kvType, weights, workers, resources));
    }

    private static ServedModel checkpoint(ModelDirectory directory, int maxContext, ElementType kvType,
            WeightOptions options, Workers workers, Resources resources) {
        LOG.info("{}: safetensors, own graph", directory.path());
        DecoderTensors.check(directory.config(), directory.weights());
        if (inSinglePrecision(directory, options.format())) {
            return checkpoint(directory, maxContext, kvType, LinearLayers.gemm(), List.of());
        }
        ServedWeights weights = resources.add(weights(directory, options, workers));
        return checkpoint(directory, maxContext, kvType, new ProductLayers(weights),
                LinearOperators.of(weights.layers(), workers));
    }

    private static ServedModel checkpoint(ModelDirectory directory, int maxContext, ElementType kvType,
            LinearLayers layers, List<CustomOperator> operators) {
        DecoderGraph graph = DecoderGraph.of(directory.config(), directory.weights(), maxContext, layers);
        return new ServedModel(directory.path(), graph.withKvType(kvType), directory.eosIds(), operators,
                directory.generation());
    }

    /** Whether all matrices will be in fp32, for which ONNX Runtime has the faster operators. */
    private static boolean inSinglePrecision(ModelDirectory directory, WeightFormat format) {
        return format == WeightFormat.FP32 || (format == WeightFormat.AS_STORED
                && DecoderTensors.matrices(directory.config()).stream().allMatch(
                        name -> directory.weights().find(name).orElseThrow().type() == WeightType.F32));
    }

    /** An embedding that is no output layer is looked up row by row: in any format it takes next to no memory. */
    private static ServedWeights weights(ModelDirectory directory, WeightOptions options, Workers workers) {
        ModelConfig config = directory.config();
        Set<String> lookedUp = config.tieWordEmbeddings() ? Set.of() : Set.of(DecoderTensors.EMBEDDING);
        return ServedWeights.open(directory.weights(), DecoderTensors.matrices(config), lookedUp, options, workers);
    }

    private static ServedModel exported(ExportDirectory export, int maxContext, ElementType kvType) {
        return new ServedModel(export.path(), decoder(export, OnnxReader.read(export.model()), maxContext, kvType),
                export.eosIds(), List.of(), export.generation());
    }

    /** A graph whose attention the kernel cannot take over may still run as its exporter meant it, if it has a KV cache to copy. */
    private static DecoderModel decoder(ExportDirectory export, OnnxModel model, int maxContext, ElementType kvType) {
        if (!ExportedPagedModel.isFor(model)) {
            return copying(export, CopyingModel.of(model, export, maxContext), "no attention with a paged form");
        }
        try {
            ExportedPagedModel paged = ExportedPagedModel.of(model, export, maxContext, kvType);
            LOG.info("{}: ONNX export, attention over KV blocks in place", export.model());
            return paged;
        } catch (ModelFormatException e) {
            if (!CopyingModel.isFor(model, export)) {
                throw e;
            }
            return copying(export, CopyingModel.of(model, export, maxContext), String.valueOf(e.getMessage()));
        }
    }

    private static DecoderModel copying(ExportDirectory export, CopyingModel model, String reason) {
        LOG.warn(
                "{}: ONNX export in compatibility mode ({}): every step runs its sequences one by one and copies {} bytes for "
                        + "each token of their context, in and out",
                export.model(), reason, model.kvBytesPerToken());
        return model;
    }
}
