package io.augserve.onnx;

import io.augserve.onnx.graph.DecoderTensors;
import io.augserve.onnx.graph.LinearLayers;
import io.augserve.onnx.graph.ProductLayers;
import io.augserve.onnx.kernel.Workers;
import io.augserve.onnx.linear.LinearOperators;
import io.augserve.onnx.linear.ProductRehearsal;
import io.augserve.onnx.linear.ServedWeights;
import io.augserve.onnx.linear.WeightOptions;
import io.augserve.onnx.model.ModelConfig;
import io.augserve.onnx.runtime.CustomOperator;
import io.augserve.onnx.runtime.ElementType;
import io.augserve.onnx.graph.CopyingModel;
import io.augserve.onnx.graph.DecoderGraph;
import io.augserve.onnx.graph.DecoderModel;
import io.augserve.onnx.graph.ExportedPagedModel;
import io.augserve.onnx.graph.GraphTarget;
import io.augserve.onnx.graph.OnnxModel;
import io.augserve.onnx.graph.OnnxReader;
import io.augserve.onnx.model.ExportDirectory;
import io.augserve.onnx.model.GenerationDefaults;
import io.augserve.onnx.model.ModelDirectory;
import io.augserve.onnx.model.ModelFormatException;
import io.augserve.onnx.model.WeightFormat;
import io.augserve.onnx.model.WeightType;
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
 * @param compute what its attention computes in
 * @param eosIds tokens that end a text
 * @param operators that the graph needs beside attention
 * @param rehearsal what these compute by, in small
 * @param generation how the model's authors want it sampled
 */
record ServedModel(Path directory, DecoderModel decoder, ElementType compute, List<Integer> eosIds,
        List<CustomOperator> operators, List<Runnable> rehearsal, GenerationDefaults generation) {
    private static final Logger LOG = LoggerFactory.getLogger(ServedModel.class);

    ServedModel {
        eosIds = List.copyOf(eosIds);
        operators = List.copyOf(operators);
        rehearsal = List.copyOf(rehearsal);
    }

    /**
     * Finds and checks a model: a Hugging Face directory with safetensors files if it is one, else an ONNX export
     * ({@link ExportDirectory#find}).
     *
     * @param placement what it is to run on, and its options
     * @param workers of the operators
     * @param resources take what stays open
     * @throws ModelFormatException if it cannot be served
     * @throws OnnxEngineException if it cannot be served on that device
     */
    static ServedModel open(Path path, Placement placement, Workers workers, Resources resources) {
        return ExportDirectory.find(path).map(export -> exported(export, placement))
                .orElseGet(() -> checkpoint(ModelDirectory.open(path), placement, workers, resources));
    }

    private static ServedModel checkpoint(ModelDirectory directory, Placement placement, Workers workers,
            Resources resources) {
        LOG.info("{}: safetensors, own graph", directory.path());
        DecoderTensors.check(directory.config(), directory.weights());
        GraphTarget target = placement.target(stored(directory));
        WeightOptions options = placement.options().weights();
        if (!placement.options().device().isAddressed() || inSinglePrecision(directory, options.format())) {
            return checkpoint(directory, placement, target, LinearLayers.gemm(target.compute()), List.of(), List.of());
        }
        ServedWeights weights = resources.add(weights(directory, options, workers));
        return checkpoint(directory, placement, target, new ProductLayers(weights),
                LinearOperators.of(weights.layers(), workers), ProductRehearsal.of(weights.layers()));
    }

    private static ServedModel checkpoint(ModelDirectory directory, Placement placement, GraphTarget target,
            LinearLayers layers, List<CustomOperator> operators, List<Runnable> rehearsal) {
        DecoderGraph graph = DecoderGraph.of(directory.config(), directory.weights(),
                placement.options().maxContext(), layers);
        return new ServedModel(directory.path(), graph.forTarget(target), target.compute(), directory.eosIds(),
                operators, rehearsal, directory.generation());
    }

    /** The type of the first matrix, which is that of all in every published checkpoint. */
    private static WeightType stored(ModelDirectory directory) {
        return directory.weights().find(DecoderTensors.EMBEDDING).orElseThrow().type();
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

    private static ServedModel exported(ExportDirectory export, Placement placement) {
        WeightFormat asked = placement.options().weights().format();
        if (asked != WeightFormat.AS_STORED) {
            throw new OnnxEngineException(export.model() + ": weights in " + asked
                    + ": expected AS_STORED, an ONNX export keeps the weights that it was made with");
        }
        GraphTarget target = placement.target(WeightType.F16);
        return new ServedModel(export.path(), decoder(export, OnnxReader.read(export.model()), placement, target),
                target.compute(), export.eosIds(), List.of(), List.of(), export.generation());
    }

    /** A graph whose attention the kernel cannot take over may still run as its exporter meant it, if it has a KV cache to copy. */
    private static DecoderModel decoder(ExportDirectory export, OnnxModel model, Placement placement,
            GraphTarget target) {
        int maxContext = placement.options().maxContext();
        boolean copies = placement.options().device().isAddressed();
        if (!ExportedPagedModel.isFor(model)) {
            if (!copies) {
                throw new OnnxEngineException(export.model() + " on " + placement.options().device()
                        + ": expected attention with a paged form (PagedAttention or GroupQueryAttention); others run on"
                        + " the CPU");
            }
            return copying(export, CopyingModel.of(model, export, maxContext), "no attention with a paged form");
        }
        try {
            ExportedPagedModel paged = ExportedPagedModel.of(model, export, maxContext, target);
            LOG.info("{}: ONNX export, attention over KV blocks in place", export.model());
            return paged;
        } catch (ModelFormatException e) {
            if (!copies || !CopyingModel.isFor(model, export)) {
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
