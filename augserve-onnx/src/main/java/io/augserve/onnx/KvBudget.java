package io.augserve.onnx;

import io.augserve.onnx.graph.DecoderModel;
import io.augserve.onnx.kv.KvShape;
import io.augserve.onnx.kv.SessionCopier;
import io.augserve.onnx.runtime.DeviceMemory;
import java.util.Optional;

/**
 * How large an engine's KV cache is. A number of tokens that the user gives decides; else the device's memory does, if it is known:
 *
 * <pre>
 * bytes = fraction * total - (total - free) - workspace
 * workspace = rows * vocabulary * 24 + tokens * width * 16 + copies + 512 MiB
 * </pre>
 *
 * with the memory as it is when the weights are on the device. The workspace is an estimate of what a largest step takes: logits in half and single
 * precision and what is made of them, some eight activations in half precision as wide as the root of a layer's parameters, which is about the width of
 * its feed-forward part, what block copies take, and what libraries keep. No pool gets more than 2^31 elements, which is where kernels' indices may end. Where the memory is not known, as on the CPU, sixteen of the longest sequences, or what fits 512 MiB
 * if that is less, but at least one such sequence.
 *
 * @param options of the engine
 * @param memory of the device, with the weights on it; empty if unknown
 */
record KvBudget(OnnxOptions options, Optional<DeviceMemory> memory) {
    private static final long DEFAULT_BYTES = 512L << 20;
    private static final int DEFAULT_SEQUENCES = 16;
    private static final long LIBRARIES = 512L << 20;
    /** Half, float, shifted, two rows of weights and tempered. */
    private static final long LOGIT_BYTES = 24;
    private static final long ACTIVATION_BYTES = 8 * Short.BYTES;

    /**
     * The cache's shape.
     *
     * @param one the shape of one block
     * @throws OnnxEngineException if the device has no room for the longest sequence
     */
    KvShape shape(DecoderModel decoder, KvShape one) {
        int blockSize = one.blockSize();
        if (options.kvCacheTokens() > 0) {
            return blocks(one, options.kvCacheTokens());
        }
        if (memory.isEmpty()) {
            long inDefaultBytes = DEFAULT_BYTES / one.bytesPerBlock() * blockSize;
            long wanted = Math.min((long) DEFAULT_SEQUENCES * decoder.maxContext(), inDefaultBytes);
            return blocks(one, Math.max(decoder.maxContext(), wanted));
        }
        DeviceMemory device = memory.get();
        long taken = device.total() - device.free();
        long bytes = (long) (options.memoryFraction() * device.total()) - taken - workspace(decoder, one);
        long needed = blocks(one, decoder.maxContext()).bytes();
        if (bytes < needed) {
            throw new OnnxEngineException("the KV cache on " + options.device() + " may take " + (bytes >> 20)
                    + " MB: " + options.memoryFraction() + " of " + (device.total() >> 20) + " MB, less "
                    + (taken >> 20)
                    + " MB in use and " + (workspace(decoder, one) >> 20) + " MB for a step; one sequence of "
                    + decoder.maxContext() + " tokens needs " + (needed >> 20)
                    + " MB; lower maxContext or maxBatchTokens, or raise memoryFraction");
        }
        long most = Integer.MAX_VALUE / ((long) blockSize * one.kvHeads() * one.headSize());
        return one.withBlocksFor(Math.min(bytes, Math.max(most, blocks(one, decoder.maxContext()).blocks())
                * one.bytesPerBlock()));
    }

    private static KvShape blocks(KvShape one, long tokens) {
        long blocks = (tokens + one.blockSize() - 1) / one.blockSize();
        return one.withBlocksFor(blocks * one.bytesPerBlock());
    }

    private long workspace(DecoderModel decoder, KvShape one) {
        long rows = Math.min(options.maxSequences(), options.maxBatchTokens());
        double width = Math.sqrt((double) decoder.weightBytesPerRun() / Short.BYTES / decoder.layers());
        return rows * decoder.vocabSize() * LOGIT_BYTES
                + (long) (options.maxBatchTokens() * width * ACTIVATION_BYTES) + SessionCopier.workspace(one)
                + LIBRARIES;
    }
}
