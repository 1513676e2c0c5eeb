package io.augserve.onnx.linear;

import io.augserve.onnx.model.WeightFormat;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How the matrices of a model are kept.
 *
 * @param format as stored, or one that they are converted to
 * @param groupSize weights that share a scale in a quantised format: 32, 64 or 128
 * @param cacheFolder where converted weights are kept; beside the checkpoint by default
 */
public record WeightOptions(WeightFormat format, int groupSize, Optional<Path> cacheFolder) {
    /** The least group, and the default. */
    public static final int DEFAULT_GROUP = 32;

    /** As stored. */
    public static final WeightOptions AS_STORED = new WeightOptions(WeightFormat.AS_STORED, DEFAULT_GROUP,
            Optional.empty());

    public WeightOptions {
        if (groupSize != 32 && groupSize != 64 && groupSize != 128) {
            throw new IllegalArgumentException("groupSize: expected 32, 64 or 128, got " + groupSize);
        }
    }
}
