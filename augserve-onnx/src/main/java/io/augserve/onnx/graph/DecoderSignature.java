package io.augserve.onnx.graph;

import io.augserve.onnx.model.ModelConfig;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The inputs and outputs of a decoder graph by name. One run computes a batch of sequences whose new tokens are packed one
 * behind the other without padding.
 *
 * @param inputIds int64 [tokens]: the new tokens
 * @param cumulativeSequenceLength int32 [batch + 1]: where each sequence's new tokens begin in {@code inputIds}; the last
 *            entry is the number of tokens
 * @param pastSeqlens int32 [batch]: how many tokens of each sequence are in the cache already
 * @param blockTable int32 [batch, max_blocks]: the cache blocks of each sequence, in the order of its positions
 * @param logitRows int64 [rows]: the positions in {@code inputIds} whose logits are wanted; only these go through the
 *            last norm and the output layer; may be empty
 * @param positionIds int64 [tokens]: each token's position in its sequence, in graphs that rotate outside of the attention
 * @param attentionMetadata int32 [2] in the CPU's memory: bounds of the new tokens and of the context of any sequence of the step, in graphs for CUDA
 * @param keyCaches float [num_blocks, block_size, kvHeads, headSize] per layer, updated in place
 * @param valueCaches likewise for the values
 * @param logits output, float [rows, vocabSize]
 * @param sampling what the graph gives to sample rows by, if it does
 * @param kvHeads key and value heads of the caches
 * @param headSize width of a head in the caches
 * @param vocabSize width of the logits
 */
public record DecoderSignature(String inputIds, String cumulativeSequenceLength, String pastSeqlens, String blockTable,
        String logitRows, Optional<String> positionIds, Optional<String> attentionMetadata, List<String> keyCaches,
        List<String> valueCaches, String logits, Optional<SamplingHead> sampling, int kvHeads, int headSize,
        int vocabSize) {

    /** Takes immutable copies of the lists. */
    public DecoderSignature {
        keyCaches = List.copyOf(keyCaches);
        valueCaches = List.copyOf(valueCaches);
    }

    /** Number of layers, each with a key and a value cache. */
    public int layers() {
        return keyCaches.size();
    }

    /** The names that {@link DecoderGraph} uses. */
    static DecoderSignature of(ModelConfig config, GraphTarget target) {
        return new DecoderSignature("input_ids", "cumulative_sequence_length", "past_seqlens", "block_table",
                "logit_rows", Optional.empty(), metadata(target, "attention_metadata"),
                numbered("key_cache.", config.layers()),
                numbered("value_cache.", config.layers()),
                "logits", sampling(target, config.vocabSize()), config.kvHeads(), config.headSize(),
                config.vocabSize());
    }

    static Optional<String> metadata(GraphTarget target, String name) {
        return target.attentionMetadata() ? Optional.of(name) : Optional.empty();
    }

    static Optional<SamplingHead> sampling(GraphTarget target, int vocabulary) {
        return target.top() == 0 ? Optional.empty() : Optional.of(SamplingHead.of(target.top(), vocabulary));
    }

    private static List<String> numbered(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + i).toList();
    }
}
