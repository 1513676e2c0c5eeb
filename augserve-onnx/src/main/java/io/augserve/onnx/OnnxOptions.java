package io.augserve.onnx;

import io.augserve.engine.ChatFormat;
import io.augserve.onnx.linear.WeightOptions;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a model is loaded; what each option means and its range stand at the setters of {@link OnnxEngine.Builder}.
 *
 * @param blockSize empty leaves it to the device
 * @param kvCacheTokens 0 derives it
 * @param hostKvBytes 0 for no swapping
 * @param kvType empty leaves it to the device
 * @param deviceTopK 0 for sampling on the host alone
 */
record OnnxOptions(Path directory, Device device, int threads, OptionalInt blockSize, int maxContext,
        int kvCacheTokens, double memoryFraction, long hostKvBytes, Optional<KvType> kvType, int deviceTopK,
        int maxBatchTokens, int maxSequences, boolean warmUp, WeightOptions weights, Optional<Path> library,
        Optional<ChatFormat> chatFormat) {}
