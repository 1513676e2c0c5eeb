package io.augserve.onnx.runtime;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The inputs and outputs of the node that is being computed. Valid during {@link OperatorKernel#compute}; the segments may be read and written by
 * other threads as long as that call lasts. The methods themselves belong to the calling thread.
 *
 * <p>Shapes are fetched when first asked for, into memory that the context keeps, so a call allocates nothing but the segments it hands out.
 */
public final class KernelContext {
    static final int MAX_INPUTS = 64;
    private static final int MAX_RANK = 8;
    private static final int NOT_READ = -1;

    private final String operator;
    private final OrtApi api;
    private final List<CustomOperator.Port> inputs;
    private final List<CustomOperator.Port> outputs;
    private final long[] values;
    private final int[] ranks;
    private final long[] dimensions;
    /** Slot 0 receives a pointer, the others a shape. */
    private final MemorySegment scratch = Arena.ofAuto().allocate(CType.SIZE, 1 + MAX_RANK);
    private final long pointer = scratch.address();
    private final long shape = pointer + CType.SIZE.byteSize();
    private long context;

    private final MemorySegment getInput;
    private final MemorySegment getOutput;
    private final MemorySegment getData;
    private final MemorySegment getShapeInfo;
    private final MemorySegment getRank;
    private final MemorySegment getDimensions;
    private final MemorySegment releaseShapeInfo;

    KernelContext(OrtApi api, CustomOperator operator) {
        this.operator = operator.name();
        this.api = api;
        inputs = operator.inputs();
        outputs = operator.outputs();
        values = new long[inputs.size()];
        ranks = new int[inputs.size()];
        dimensions = new long[inputs.size() * MAX_RANK];
        getInput = api.function(OrtFunction.KERNEL_CONTEXT_GET_INPUT);
        getOutput = api.function(OrtFunction.KERNEL_CONTEXT_GET_OUTPUT);
        getData = api.function(OrtFunction.GET_TENSOR_MUTABLE_DATA);
        getShapeInfo = api.function(OrtFunction.GET_TENSOR_TYPE_AND_SHAPE);
        getRank = api.function(OrtFunction.GET_DIMENSIONS_COUNT);
        getDimensions = api.function(OrtFunction.GET_DIMENSIONS);
        releaseShapeInfo = api.function(OrtFunction.RELEASE_TENSOR_TYPE_AND_SHAPE_INFO);
    }

    /** Points the context at a call of the kernel. */
    void enter(long kernelContext) {
        context = kernelContext;
        for (int i = 0; i < values.length; i++) {
            api.check(HotCalls.getIndexed(getInput, context, i, pointer));
            values[i] = scratch.get(CType.POINTER, 0);
            ranks[i] = NOT_READ;
        }
    }

    /** Whether the node has this input; a required one is always there. */
    public boolean hasInput(int index) {
        return values[index] != 0;
    }

    /** The number of the input's dimensions. */
    public int rank(int input) {
        if (ranks[input] == NOT_READ) {
            readShape(input);
        }
        return ranks[input];
    }

    /**
     * One dimension of an input.
     *
     * @throws IllegalArgumentException if the input has no such axis
     */
    public long dimension(int input, int axis) {
        if (axis < 0 || axis >= rank(input)) {
            throw new IllegalArgumentException(
                    "input " + input + " of " + operator + " has " + rank(input) + " dimensions, not " + (axis + 1));
        }
        return dimensions[input * MAX_RANK + axis];
    }

    /** An input's memory, of exactly its size. Writable, for operators that update an input in place by contract. */
    public MemorySegment input(int index) {
        long size = inputs.get(index).type().bytes();
        for (int axis = 0; axis < rank(index); axis++) {
            size *= dimensions[index * MAX_RANK + axis];
        }
        return data(values[index], size);
    }

    /** Where an input's memory begins; as {@link #input}, without an object. */
    public long address(int index) {
        return dataAddress(values[index]);
    }

    /** Allocates an output [rows, columns] and returns where its memory begins; as {@link #output}, without an object. */
    public long outputAddress(int index, long rows, long columns) {
        scratch.setAtIndex(CType.SIZE, 1, rows);
        scratch.setAtIndex(CType.SIZE, 2, columns);
        api.check(HotCalls.output(getOutput, context, index, shape, 2, pointer));
        return dataAddress(scratch.get(CType.POINTER, 0));
    }

    /** Allocates an output of this shape and returns its memory, to be filled completely. */
    public MemorySegment output(int index, long... outputShape) {
        if (outputShape.length > MAX_RANK) {
            throw new IllegalArgumentException(
                    "output " + index + " of " + operator + ": at most " + MAX_RANK + " dimensions are supported");
        }
        long size = outputs.get(index).type().bytes(outputShape);
        for (int axis = 0; axis < outputShape.length; axis++) {
            scratch.setAtIndex(CType.SIZE, 1 + axis, outputShape[axis]);
        }
        api.check(HotCalls.output(getOutput, context, index, shape, outputShape.length, pointer));
        return data(scratch.get(CType.POINTER, 0), size);
    }

    private MemorySegment data(long value, long size) {
        return MemorySegment.ofAddress(dataAddress(value)).reinterpret(size);
    }

    private long dataAddress(long value) {
        api.check(HotCalls.get(getData, value, pointer));
        return scratch.get(CType.POINTER, 0);
    }

    private void readShape(int input) {
        if (!hasInput(input)) {
            throw new IllegalArgumentException("the node has no input " + input + " of " + operator);
        }
        api.check(HotCalls.get(getShapeInfo, values[input], pointer));
        long info = scratch.get(CType.POINTER, 0);
        try {
            api.check(HotCalls.get(getRank, info, pointer));
            long rank = scratch.get(CType.SIZE, 0);
            if (rank > MAX_RANK) {
                throw new IllegalArgumentException(
                        "input " + input + " of " + operator + " has " + rank + " dimensions; at most " + MAX_RANK
                                + " are supported");
            }
            api.check(HotCalls.getArray(getDimensions, info, shape, rank));
            for (int axis = 0; axis < rank; axis++) {
                dimensions[input * MAX_RANK + axis] = scratch.getAtIndex(CType.SIZE, 1 + axis);
            }
            ranks[input] = (int) rank;
        } finally {
            HotCalls.release(releaseShapeInfo, info);
        }
    }
}
