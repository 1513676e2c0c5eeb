package io.augserve.onnx;

import io.augserve.engine.ChatFormat;
import io.augserve.onnx.linear.WeightOptions;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How a model is loaded; what each option means and its range stand at the setters of {@link OnnxEngine.Builder}.
 *
 * @param kvCacheTokens 0 derives it
 * @param hostKvBytes 0 for no swapping
 */
record OnnxOptions(Path directory, int threads, int blockSize, int maxContext, int kvCacheTokens, long hostKvBytes,
        KvType kvType, int maxBatchTokens, int maxSequences, boolean warmUp, WeightOptions weights,
        Optional<Path> library,
        Optional<ChatFormat> chatFormat) {}
