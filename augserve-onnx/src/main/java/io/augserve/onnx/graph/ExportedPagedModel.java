package io.augserve.onnx.graph;

import io.augserve.onnx.model.ExportDirectory;
import io.augserve.onnx.runtime.ElementType;
import java.nio.file.Path;

/** An exported decoder, rewritten for the paged step. Immutable. */
public final class ExportedPagedModel implements PagedModel {
    private final PagedRewrite.Result rewritten;
    private final ExportedWeights weights;
    private final int maxContext;
    private final ElementType kvType;

    private ExportedPagedModel(PagedRewrite.Result rewritten, int maxContext, ElementType kvType) {
        this.rewritten = rewritten;
        this.weights = ExportedWeights.of(rewritten.model());
        this.maxContext = maxContext;
        this.kvType = kvType;
    }

    /** Whether a model has attention that can be rewritten, as far as the operators tell. */
    public static boolean isFor(OnnxModel model) {
        return PagedRewrite.isFor(model);
    }

    /**
     * Rewrites a model.
     *
     * @param maxContext the longest context that will be served, in tokens, at least 1; a bound above the model's own is lowered to it
     * @param target what the attention operator computes in, and the type of its caches
     * @throws io.augserve.onnx.model.ModelFormatException if it has something that the paged step cannot give or the kernel lacks, or its
     *             weights are not there
     */
    public static ExportedPagedModel of(OnnxModel model, ExportDirectory export, int maxContext, GraphTarget target) {
        PagedRewrite.Result result = PagedRewrite.of(model, export, target);
        return new ExportedPagedModel(result, Math.min(maxContext, result.maxContext()), target.cache());
    }

    @Override
    public ElementType kvType() {
        return kvType;
    }

    @Override
    public DecoderSignature signature() {
        return rewritten.signature();
    }

    @Override
    public byte[] toOnnx() {
        return weights.write(rewritten.model());
    }

    @Override
    public Path weightsFolder() {
        return weights.folder();
    }

    @Override
    public int maxContext() {
        return maxContext;
    }

    @Override
    public long weightBytesPerRun() {
        return rewritten.model().weightBytesPerRun();
    }
}
