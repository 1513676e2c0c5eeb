package io.augserve.onnx;

import io.augserve.onnx.graph.RateGraphs;
import io.augserve.onnx.runtime.DeviceTensor;
import io.augserve.onnx.runtime.ElementType;
import io.augserve.onnx.runtime.IoBinding;
import io.augserve.onnx.runtime.OrtEnvironment;
import io.augserve.onnx.runtime.OrtException;
import io.augserve.onnx.runtime.OrtLibrary;
import io.augserve.onnx.runtime.OrtSession;
import io.augserve.onnx.runtime.SessionOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a device could do at best, measured with one operator of ONNX Runtime each, in half precision on CUDA and in single precision on the processor.
 *
 * @param bytesPerSecond read and written by an operator that negates a large tensor
 * @param operationsPerSecond of a product of two square matrices: two for every element that is multiplied and added
 */
public record DeviceCeilings(double bytesPerSecond, double operationsPerSecond) {
    private static final int RUNS = 10;

    /**
     * Measures a device; the best of ten runs each, after one that is not counted.
     *
     * @param library as {@link OnnxEngine.Builder#library}
     * @param elements of the large tensor, at least 1; there are two such
     * @param width of the matrices, at least 1; there are three such
     * @throws OnnxEngineException if the device cannot be used or has no room; nothing stays open
     */
    public static DeviceCeilings measure(Device device, Optional<Path> library, long elements, int width) {
        ElementType type = device.isCuda() ? ElementType.FLOAT16 : ElementType.FLOAT;
        try (OrtEnvironment environment = OrtEnvironment.create(OrtLibrary.find(library, device.memory()))) {
            environment.requireDevice(device.memory());
            SessionOptions options = SessionOptions.defaults().withDevice(device.memory());
            double stream;
            try (OrtSession session = environment.openSession(RateGraphs.stream(type), options)) {
                stream = best(session, type, List.of(new long[]{elements}), elements);
            }
            double product;
            long[] square = {width, width};
            try (OrtSession session = environment.openSession(RateGraphs.product(type), options)) {
                product = best(session, type, List.of(square, square), square);
            }
            return new DeviceCeilings(2.0 * type.bytes(elements) / stream, 2.0 * width * width * width / product);
        } catch (OrtException e) {
            throw new OnnxEngineException(String.valueOf(e.getMessage()), e);
        }
    }

    /** Seconds of the shortest run. */
    private static double best(OrtSession session, ElementType type, List<long[]> inputs, long... output) {
        List<DeviceTensor> tensors = new ArrayList<>();
        try (IoBinding binding = session.bind()) {
            for (int i = 0; i < inputs.size(); i++) {
                tensors.add(session.allocate(type, inputs.get(i)));
                binding.bindInput(i == 0 ? RateGraphs.A : RateGraphs.B, tensors.getLast());
            }
            tensors.add(session.allocate(type, output));
            binding.bindOutput(RateGraphs.Y, tensors.getLast());
            binding.run();
            double best = Double.MAX_VALUE;
            for (int i = 0; i < RUNS; i++) {
                long begin = System.nanoTime();
                binding.run();
                best = Math.min(best, Math.max(1, System.nanoTime() - begin) / 1e9);
            }
            return best;
        } finally {
            tensors.forEach(DeviceTensor::close);
        }
    }
}
