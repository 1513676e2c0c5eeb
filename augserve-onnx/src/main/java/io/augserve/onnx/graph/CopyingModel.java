package io.augserve.onnx.graph;

import io.augserve.onnx.model.ExportDirectory;
import io.augserve.onnx.model.ExportNames;
import io.augserve.onnx.model.ModelFormatException;
import io.augserve.onnx.runtime.ElementType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An exported decoder that takes the keys and values of all past tokens as inputs [batch, kvHeads, past, headSize] and gives those of past
 * and new tokens as outputs, as Hugging Face Optimum exports it. It runs unchanged, one sequence at a time, and every run copies that
 * sequence's whole KV twice. Immutable.
 */
public final class CopyingModel implements DecoderModel {
    /** New exports of transformers.js: how many of the last rows of logits are wanted. */
    private static final String LOGITS_TO_KEEP = "num_logits_to_keep";
    private static final int RANK = 4;

    private final OnnxModel model;
    private final ExportDirectory export;
    private final ExportedWeights weights;
    private final int maxContext;
    private final List<String> pasts = new ArrayList<>();
    private final List<String> presents = new ArrayList<>();
    private final TensorValue cache;
    private final TensorValue logits;
    private final int kvHeads;
    private final int headSize;
    private final int vocabSize;

    private CopyingModel(OnnxModel model, ExportDirectory export, int maxContext) {
        this.model = model;
        this.export = export;
        this.maxContext = Math.min(maxContext, export.contextLength());
        this.weights = ExportedWeights.of(model);
        ExportNames names = export.names();
        for (int layer = 0; model.input(ExportNames.of(names.pastKeys(), layer)).isPresent(); layer++) {
            pasts.add(ExportNames.of(names.pastKeys(), layer));
            pasts.add(ExportNames.of(names.pastValues(), layer));
            presents.add(ExportNames.of(names.presentKeys(), layer));
            presents.add(ExportNames.of(names.presentValues(), layer));
        }
        if (pasts.isEmpty()) {
            throw problem("inputs", "no " + ExportNames.of(names.pastKeys(), 0), "a decoder with a KV cache");
        }
        cache = model.input(pasts.getFirst()).orElseThrow();
        kvHeads = cache.size(1)
                .orElseThrow(() -> problem("input " + cache.name(), "no number of heads", "its second dimension"));
        headSize = cache.size(3).orElseGet(() -> export.headSize()
                .orElseThrow(() -> problem("input " + cache.name(), "no width of a head", "its fourth dimension")));
        pasts.forEach(name -> checkCache(name, model.input(name)));
        presents.forEach(name -> checkCache(name, model.output(name)));
        logits = model.output(names.logits())
                .orElseThrow(() -> problem("outputs", "no " + names.logits(), "logits"));
        if (!isReal(logits)) {
            throw problem("output " + logits.name(), "type " + logits.type(), "FLOAT or FLOAT16");
        }
        vocabSize = logits.size(logits.rank() - 1).orElseGet(() -> export.vocabSize()
                .orElseThrow(() -> problem("output " + logits.name(), "no number of tokens", "its last dimension")));
        checkInputs();
    }

    /** Whether a model has keys and values as its inputs and outputs, as far as the names tell. */
    public static boolean isFor(OnnxModel model, ExportDirectory export) {
        return model.input(ExportNames.of(export.names().pastKeys(), 0)).isPresent()
                && model.output(ExportNames.of(export.names().presentKeys(), 0)).isPresent()
                && model.nodes(AttentionNode.DOMAIN, AttentionNode.PAGED).isEmpty();
    }

    /**
     * Checks that a model can run this way.
     *
     * @param maxContext the longest context that will be served, in tokens, at least 1; a bound above the model's own is lowered to it
     * @throws ModelFormatException if the model has other inputs or outputs than such a decoder, or its weights are not there
     */
    public static CopyingModel of(OnnxModel model, ExportDirectory export, int maxContext) {
        return new CopyingModel(model, export, maxContext);
    }

    private void checkCache(String name, Optional<TensorValue> found) {
        TensorValue value = found.orElseThrow(() -> problem("inputs and outputs", "no " + name, "one of each layer"));
        boolean fits = isReal(value) && value.type() == cache.type() && (value.rank() == RANK || value.rank() < 0)
                && value.size(1).orElse(kvHeads) == kvHeads && value.size(3).orElse(headSize) == headSize;
        if (!fits) {
            throw problem("value " + name, "type " + value.type() + ", shape " + value.shape().orElse(List.of()),
                    "FLOAT or FLOAT16 [batch, " + kvHeads + ", past, " + headSize + "]");
        }
    }

    private void checkInputs() {
        Set<String> known = new HashSet<>(pasts);
        known.addAll(List.of(inputIds(), export.names().attentionMask(), export.names().positionIds(), LOGITS_TO_KEEP));
        for (TensorValue input : model.inputs()) {
            if (!known.contains(input.name())) {
                throw problem("input " + input.name(), "it in the graph", "one of " + known.stream().sorted().toList());
            }
            if (!pasts.contains(input.name()) && !input.is(ElementType.INT64)) {
                throw problem("input " + input.name(), "type " + input.type(), "INT64");
            }
        }
        if (model.input(inputIds()).isEmpty()) {
            throw problem("inputs", "no " + inputIds(), "the token ids");
        }
    }

    private static boolean isReal(TensorValue value) {
        return value.is(ElementType.FLOAT) || value.is(ElementType.FLOAT16);
    }

    /** int64 [1, new]: token ids. */
    public String inputIds() {
        return export.names().inputIds();
    }

    /** int64 [1, past + new]: 1 for every token. */
    public Optional<String> attentionMask() {
        return model.input(export.names().attentionMask()).map(TensorValue::name);
    }

    /** int64 [1, new]: positions. */
    public Optional<String> positionIds() {
        return model.input(export.names().positionIds()).map(TensorValue::name);
    }

    /** int64 []: how many of the last rows of logits are wanted. */
    public Optional<String> logitsToKeep() {
        return model.input(LOGITS_TO_KEEP).map(TensorValue::name);
    }

    /** Inputs [1, kvHeads, past, headSize]: keys and values in turn, layer by layer. */
    public List<String> pasts() {
        return List.copyOf(pasts);
    }

    /** Outputs [1, kvHeads, past + new, headSize], in the same order. */
    public List<String> presents() {
        return List.copyOf(presents);
    }

    /** Output [1, new or fewer, vocabSize], the last row being the last token's. */
    public String logits() {
        return logits.name();
    }

    /** Bytes of the keys and values of one token. */
    public long kvBytesPerToken() {
        return 2L * layers() * kvType().bytes(kvHeads(), headSize());
    }

    @Override
    public byte[] toOnnx() {
        return weights.write(model);
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
        return model.weightBytesPerRun();
    }

    @Override
    public int layers() {
        return pasts.size() / 2;
    }

    @Override
    public int kvHeads() {
        return kvHeads;
    }

    @Override
    public int headSize() {
        return headSize;
    }

    @Override
    public ElementType kvType() {
        return ElementType.ofCode(cache.type());
    }

    @Override
    public int vocabSize() {
        return vocabSize;
    }

    private ModelFormatException problem(String where, String found, String expected) {
        return new ModelFormatException(model.file(), where, found, expected);
    }
}
