package io.augserve.onnx.model;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What {@code config.json} says about a decoder: its family, its sizes and the switches that change its graph.
 * Immutable and checked: sizes are positive, {@code heads} is a multiple of {@code kvHeads}, {@code headSize} is even.
 *
 * @param source the file it was read from, for messages
 * @param architecture the family
 * @param hiddenSize width of the residual stream
 * @param intermediateSize width of the feed-forward layers
 * @param layers number of decoder layers
 * @param heads query heads
 * @param kvHeads key and value heads; {@code heads / kvHeads} query heads share one
 * @param headSize width of a head; {@code heads * headSize} need not be {@code hiddenSize}
 * @param rmsNormEps added to the mean square before its root is taken
 * @param ropeTheta base of the rotary wavelengths
 * @param ropeScaling scaling of the rotary frequencies
 * @param maxPositionEmbeddings the longest context the model is made for, in tokens
 * @param vocabSize rows of the embedding and of the logits
 * @param tieWordEmbeddings whether the output layer is the embedding itself
 * @param queryKeyValueBias whether the query, key and value projections have a bias
 * @param attentionOutputBias whether the projection behind attention has a bias
 * @param mlpBias whether the feed-forward projections have a bias
 * @param attentionWindows per layer: how many positions a query sees, its own included; empty means all before it
 * @param bosId the token that begins a text, if any
 * @param eosIds the tokens that end a text; may be empty
 * @param torchDtype the data type the checkpoint says it was saved in; the tensors' own types decide
 */
public record ModelConfig(Path source, Architecture architecture, int hiddenSize, int intermediateSize, int layers,
        int heads, int kvHeads, int headSize, double rmsNormEps, double ropeTheta, RopeScaling ropeScaling,
        int maxPositionEmbeddings, int vocabSize, boolean tieWordEmbeddings, boolean queryKeyValueBias,
        boolean attentionOutputBias, boolean mlpBias, List<OptionalInt> attentionWindows, OptionalInt bosId,
        List<Integer> eosIds, Optional<String> torchDtype) {

    /** Takes immutable copies of the lists. */
    public ModelConfig {
        attentionWindows = List.copyOf(attentionWindows);
        eosIds = List.copyOf(eosIds);
    }

    /**
     * Reads a {@code config.json}.
     *
     * @throws ModelFormatException if the file cannot be read, is no strict JSON, lacks a field, has a field of a wrong
     *             type or range, or asks for something that is not supported
     */
    public static ModelConfig read(Path file) {
        return new ModelConfigReader(StrictJson.read(file)).read();
    }
}
