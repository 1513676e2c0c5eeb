package io.augserve.onnx.runtime;

import static io.augserve.onnx.runtime.CType.INT;
import static io.augserve.onnx.runtime.CType.POINTER;
import static io.augserve.onnx.runtime.CType.SIZE;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;

/**
 * The functions of struct OrtApi (onnxruntime_c_api.h) that we call: the slot in the table, which is append-only and so the same in every version,
 * and the C signature. Most return {@code OrtStatus*}, null for success.
 */
record OrtFunction(int slot, FunctionDescriptor descriptor) {
    static final OrtFunction CREATE_STATUS = new OrtFunction(0, FunctionDescriptor.of(POINTER, INT, POINTER));
    static final OrtFunction GET_ERROR_MESSAGE = new OrtFunction(2, FunctionDescriptor.of(POINTER, POINTER));
    static final OrtFunction CREATE_ENV = status(3, INT, POINTER, POINTER);
    static final OrtFunction DISABLE_TELEMETRY_EVENTS = status(6, POINTER);
    static final OrtFunction CREATE_SESSION = status(7, POINTER, POINTER, POINTER, POINTER);
    static final OrtFunction CREATE_SESSION_FROM_ARRAY = status(8, POINTER, POINTER, SIZE, POINTER, POINTER);
    static final OrtFunction CREATE_SESSION_OPTIONS = status(10, POINTER);
    static final OrtFunction SET_SESSION_GRAPH_OPTIMIZATION_LEVEL = status(23, POINTER, INT);
    static final OrtFunction SET_INTRA_OP_NUM_THREADS = status(24, POINTER, INT);
    static final OrtFunction CREATE_CUSTOM_OP_DOMAIN = status(26, POINTER, POINTER);
    static final OrtFunction CUSTOM_OP_DOMAIN_ADD = status(27, POINTER, POINTER);
    static final OrtFunction ADD_CUSTOM_OP_DOMAIN = status(28, POINTER, POINTER);
    static final OrtFunction SESSION_GET_INPUT_COUNT = status(30, POINTER, POINTER);
    static final OrtFunction SESSION_GET_OUTPUT_COUNT = status(31, POINTER, POINTER);
    static final OrtFunction SESSION_GET_INPUT_TYPE_INFO = status(33, POINTER, SIZE, POINTER);
    static final OrtFunction SESSION_GET_OUTPUT_TYPE_INFO = status(34, POINTER, SIZE, POINTER);
    static final OrtFunction SESSION_GET_INPUT_NAME = status(36, POINTER, SIZE, POINTER, POINTER);
    static final OrtFunction SESSION_GET_OUTPUT_NAME = status(37, POINTER, SIZE, POINTER, POINTER);
    static final OrtFunction CREATE_RUN_OPTIONS = status(39, POINTER);
    static final OrtFunction CREATE_TENSOR_AS_ORT_VALUE = status(48, POINTER, POINTER, SIZE, INT, POINTER);
    static final OrtFunction CREATE_TENSOR_WITH_DATA_AS_ORT_VALUE = status(49, POINTER, POINTER, SIZE, POINTER, SIZE,
            INT, POINTER);
    static final OrtFunction GET_TENSOR_MUTABLE_DATA = status(51, POINTER, POINTER);
    static final OrtFunction CAST_TYPE_INFO_TO_TENSOR_INFO = status(55, POINTER, POINTER);
    static final OrtFunction GET_TENSOR_ELEMENT_TYPE = status(60, POINTER, POINTER);
    static final OrtFunction GET_DIMENSIONS_COUNT = status(61, POINTER, POINTER);
    static final OrtFunction GET_DIMENSIONS = status(62, POINTER, POINTER, SIZE);
    static final OrtFunction GET_TENSOR_TYPE_AND_SHAPE = status(65, POINTER, POINTER);
    static final OrtFunction CREATE_MEMORY_INFO = status(68, POINTER, INT, INT, INT, POINTER);
    static final OrtFunction ALLOCATOR_FREE = status(76, POINTER, POINTER);
    static final OrtFunction GET_ALLOCATOR_WITH_DEFAULT_OPTIONS = status(78, POINTER);
    static final OrtFunction KERNEL_INFO_GET_ATTRIBUTE_FLOAT = status(85, POINTER, POINTER, POINTER);
    static final OrtFunction KERNEL_INFO_GET_ATTRIBUTE_INT64 = status(86, POINTER, POINTER, POINTER);
    static final OrtFunction KERNEL_CONTEXT_GET_INPUT = status(90, POINTER, SIZE, POINTER);
    static final OrtFunction KERNEL_CONTEXT_GET_OUTPUT = status(91, POINTER, SIZE, POINTER, SIZE, POINTER);
    static final OrtFunction RELEASE_ENV = release(92);
    static final OrtFunction RELEASE_STATUS = release(93);
    static final OrtFunction RELEASE_MEMORY_INFO = release(94);
    static final OrtFunction RELEASE_SESSION = release(95);
    static final OrtFunction RELEASE_VALUE = release(96);
    static final OrtFunction RELEASE_RUN_OPTIONS = release(97);
    static final OrtFunction RELEASE_TYPE_INFO = release(98);
    static final OrtFunction RELEASE_TENSOR_TYPE_AND_SHAPE_INFO = release(99);
    static final OrtFunction RELEASE_SESSION_OPTIONS = release(100);
    static final OrtFunction RELEASE_CUSTOM_OP_DOMAIN = release(101);
    static final OrtFunction ADD_SESSION_CONFIG_ENTRY = status(130, POINTER, POINTER, POINTER);
    static final OrtFunction CREATE_ALLOCATOR = status(131, POINTER, POINTER, POINTER);
    static final OrtFunction RELEASE_ALLOCATOR = release(132);
    static final OrtFunction RUN_WITH_BINDING = status(133, POINTER, POINTER, POINTER);
    static final OrtFunction CREATE_IO_BINDING = status(134, POINTER, POINTER);
    static final OrtFunction RELEASE_IO_BINDING = release(135);
    static final OrtFunction BIND_INPUT = status(136, POINTER, POINTER, POINTER);
    static final OrtFunction BIND_OUTPUT = status(137, POINTER, POINTER, POINTER);
    static final OrtFunction BIND_OUTPUT_TO_DEVICE = status(138, POINTER, POINTER, POINTER);
    static final OrtFunction GET_BOUND_OUTPUT_VALUES = status(140, POINTER, POINTER, POINTER, POINTER);
    static final OrtFunction SYNCHRONIZE_BOUND_OUTPUTS = status(203, POINTER);
    static final OrtFunction APPEND_CUDA_PROVIDER = status(204, POINTER, POINTER);
    static final OrtFunction CREATE_CUDA_PROVIDER_OPTIONS = status(205, POINTER);
    static final OrtFunction UPDATE_CUDA_PROVIDER_OPTIONS = status(206, POINTER, POINTER, POINTER, SIZE);
    static final OrtFunction RELEASE_CUDA_PROVIDER_OPTIONS = release(208);

    /** One more than the highest slot that we use. */
    static final int SLOTS = 209;

    private static OrtFunction status(int slot, MemoryLayout... parameters) {
        return new OrtFunction(slot, FunctionDescriptor.of(POINTER, parameters));
    }

    private static OrtFunction release(int slot) {
        return new OrtFunction(slot, CType.RELEASE);
    }
}
