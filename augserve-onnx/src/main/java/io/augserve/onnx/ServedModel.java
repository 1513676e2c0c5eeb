package io.augserve.onnx;

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
import io.augserve.onnx.runtime.ElementType;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a path leads to, in the form in which it will run.
 *
 * @param directory where the tokenizer is
 * @param decoder the graph
 * @param eosIds tokens that end a text
 * @param generation how the model's authors want it sampled
 */
record ServedModel(Path directory, DecoderModel decoder, List<Integer> eosIds, GenerationDefaults generation) {
    private static final Logger LOG = LoggerFactory.getLogger(ServedModel.class);

    ServedModel {
        eosIds = List.copyOf(eosIds);
    }

    /**
     * Finds and checks a model: a Hugging Face directory with safetensors files if it is one, else an ONNX export
     * ({@link ExportDirectory#find}).
     *
     * @throws ModelFormatException if it cannot be served
     */
    static ServedModel open(Path path, int maxContext, ElementType kvType) {
        return ExportDirectory.find(path).map(export -> exported(export, maxContext, kvType))
                .orElseGet(() -> checkpoint(ModelDirectory.open(path), maxContext, kvType));
    }

    private static ServedModel checkpoint(ModelDirectory directory, int maxContext, ElementType kvType) {
        LOG.info("{}: safetensors, own graph", directory.path());
        return new ServedModel(directory.path(),
                DecoderGraph.of(directory.config(), directory.weights(), maxContext).withKvType(kvType),
                directory.eosIds(),
                directory.generation());
    }

    private static ServedModel exported(ExportDirectory export, int maxContext, ElementType kvType) {
        return new ServedModel(export.path(), decoder(export, OnnxReader.read(export.model()), maxContext, kvType),
                export.eosIds(), export.generation());
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
