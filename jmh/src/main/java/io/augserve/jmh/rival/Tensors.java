package io.augserve.jmh.rival;

import io.augserve.onnx.runtime.DeviceTensor;
import io.augserve.onnx.runtime.ElementType;
import io.augserve.onnx.runtime.IoBinding;
import io.augserve.onnx.runtime.OrtEnvironment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;

/** The tensors of one prepared step. */
final class Tensors implements AutoCloseable {
    private final OrtEnvironment environment;
    private final IoBinding binding;
    private final List<DeviceTensor> open = new ArrayList<>();

    Tensors(OrtEnvironment environment, IoBinding binding) {
        this.environment = environment;
        this.binding = binding;
    }

    DeviceTensor zeros(ElementType type, long... shape) {
        DeviceTensor tensor = DeviceTensor.zeros(environment, type, shape);
        open.add(tensor);
        return tensor;
    }

    /** Binds an int32 input. */
    void ints(String name, LongUnaryOperator values, long... shape) {
        DeviceTensor tensor = zeros(ElementType.INT32, shape);
        for (long i = 0; i < tensor.segment().byteSize() / Integer.BYTES; i++) {
            tensor.segment().setAtIndex(ValueLayout.JAVA_INT, i, (int) values.applyAsLong(i));
        }
        binding.bindInput(name, tensor);
    }

    /** Binds an int64 input. */
    void longs(String name, LongUnaryOperator values, long... shape) {
        DeviceTensor tensor = zeros(ElementType.INT64, shape);
        for (long i = 0; i < tensor.segment().byteSize() / Long.BYTES; i++) {
            tensor.segment().setAtIndex(ValueLayout.JAVA_LONG, i, values.applyAsLong(i));
        }
        binding.bindInput(name, tensor);
    }

    @Override
    public void close() {
        open.forEach(DeviceTensor::close);
        open.clear();
    }
}
