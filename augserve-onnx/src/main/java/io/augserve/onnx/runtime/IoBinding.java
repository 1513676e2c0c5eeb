package io.augserve.onnx.runtime;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A model's inputs and outputs bound to tensors, and the run over them. A bound tensor stays bound for every following run until another takes its
 * place, so a KV pool is bound once, and what changes in every step is bound anew. A bound tensor must be open whenever {@link #run()} is called.
 *
 * <p>An output that ONNX Runtime allocates ({@link #bindOutputToDevice}) is bound again by {@link #run()} itself each time: left alone, ONNX Runtime
 * would keep the first run's tensor and refuse any other shape. Not thread-safe: a binding belongs to one thread at a time.
 */
public final class IoBinding implements AutoCloseable {
    private final OrtSession session;
    private final OrtApi api;
    private final NativeHandle handle;
    private final long runOptions;
    private final Arena arena = Arena.ofShared();
    private final Map<String, Port> inputs = new LinkedHashMap<>();
    private final Map<String, Port> outputs = new LinkedHashMap<>();
    private final List<Port> boundOutputs = new ArrayList<>();
    private final MemorySegment bindInput;
    private final MemorySegment bindOutput;
    private final MemorySegment bindOutputToDevice;
    private final MemorySegment runWithBinding;

    /** A name of the model as a C string, and what is bound to it: a tensor, or a device on which ONNX Runtime allocates, or nothing yet. */
    private static final class Port {
        final MemorySegment name;
        Target target = Target.NONE;
        /** Whether a run has written the output since it was bound. */
        boolean filled;

        Port(MemorySegment name) {
            this.name = name;
        }
    }

    private sealed interface Target {
        Target NONE = new Nothing();

        record Nothing() implements Target {}

        record Tensor(DeviceTensor tensor) implements Target {}

        record Allocated(Device device, long memoryInfo) implements Target {}
    }

    IoBinding(OrtSession session) {
        this.session = session;
        this.api = session.environment().api();
        bindInput = api.function(OrtFunction.BIND_INPUT);
        bindOutput = api.function(OrtFunction.BIND_OUTPUT);
        bindOutputToDevice = api.function(OrtFunction.BIND_OUTPUT_TO_DEVICE);
        runWithBinding = api.function(OrtFunction.RUN_WITH_BINDING);
        session.inputs().forEach(info -> inputs.put(info.name(), new Port(arena.allocateFrom(info.name()))));
        session.outputs().forEach(info -> outputs.put(info.name(), new Port(arena.allocateFrom(info.name()))));
        long binding = api.create(OrtFunction.CREATE_IO_BINDING, session.handle().address());
        runOptions = api.create(OrtFunction.CREATE_RUN_OPTIONS);
        handle = new NativeHandle("the binding", binding, session.handle(), () -> {
            api.release(OrtFunction.RELEASE_RUN_OPTIONS, runOptions);
            api.release(OrtFunction.RELEASE_IO_BINDING, binding);
            arena.close();
        });
    }

    /**
     * Binds a tensor to an input.
     *
     * @throws IllegalArgumentException if the model has no such input
     */
    public void bindInput(String name, DeviceTensor tensor) {
        Port port = port(inputs, "input", name);
        api.check(HotCalls.three(bindInput, handle.address(), port.name.address(), tensor.address()));
        port.target = new Target.Tensor(tensor);
    }

    /**
     * Binds a tensor to an output, which every run then writes into. It may be the tensor of an input, for an operator that updates in place.
     *
     * @throws IllegalArgumentException if the model has no such output
     */
    public void bindOutput(String name, DeviceTensor tensor) {
        Port port = port(outputs, "output", name);
        api.check(HotCalls.three(bindOutput, handle.address(), port.name.address(), tensor.address()));
        bound(port, new Target.Tensor(tensor));
    }

    /**
     * Lets ONNX Runtime allocate this output on the device in each run; {@link #output} gives it.
     *
     * @throws IllegalArgumentException if the model has no such output
     */
    public void bindOutputToDevice(String name, Device device) {
        Port port = port(outputs, "output", name);
        Target.Allocated target = new Target.Allocated(device, session.environment().memoryInfo(device));
        api.check(HotCalls.three(bindOutputToDevice, handle.address(), port.name.address(), target.memoryInfo()));
        bound(port, target);
    }

    private void bound(Port port, Target target) {
        if (port.target instanceof Target.Nothing) {
            boundOutputs.add(port);
        }
        port.target = target;
        port.filled = false;
    }

    /**
     * Runs the model once and returns when the outputs are there.
     *
     * @throws OrtException with ONNX Runtime's message if the run fails; the exception of an operator written in Java is its cause
     * @throws IllegalStateException if the binding or a bound tensor is closed
     */
    public void run() {
        long binding = handle.address();
        for (Port input : inputs.values()) {
            requireOpen(input.target);
        }
        for (int i = 0; i < boundOutputs.size(); i++) {
            Port output = boundOutputs.get(i);
            requireOpen(output.target);
            output.filled = false;
            if (output.target instanceof Target.Allocated allocated) {
                api.check(HotCalls.three(bindOutputToDevice, binding, output.name.address(), allocated.memoryInfo()));
            }
        }
        try {
            api.check(HotCalls.three(runWithBinding, session.handle().address(), runOptions, binding));
            if (!session.device().isCpu()) {
                api.call(OrtFunction.SYNCHRONIZE_BOUND_OUTPUTS, binding);
            }
        } catch (OrtException e) {
            throw session.explain(e);
        }
        for (int i = 0; i < boundOutputs.size(); i++) {
            boundOutputs.get(i).filled = true;
        }
    }

    /**
     * The tensor that the last run left in an output which ONNX Runtime allocates. The caller closes it; it stays valid over further runs.
     *
     * @throws IllegalArgumentException if the model has no such output
     * @throws IllegalStateException if the output is not bound to a device, or there was no run since
     */
    public DeviceTensor output(String name) {
        Port port = port(outputs, "output", name);
        if (!(port.target instanceof Target.Allocated allocated)) {
            throw new IllegalStateException(
                    "output " + name + " is not allocated by ONNX Runtime; call bindOutputToDevice first");
        }
        if (!port.filled) {
            throw new IllegalStateException(
                    "output " + name + " is empty: there was no successful run since it was bound");
        }
        return DeviceTensor.ofOutput(session, takeOutput(boundOutputs.indexOf(port)), allocated.device());
    }

    /** The OrtValue of one bound output. ONNX Runtime hands out all of them, so the others are released. */
    private long takeOutput(int index) {
        long heap = api.create(OrtFunction.GET_ALLOCATOR_WITH_DEFAULT_OPTIONS);
        try (Arena scratch = Arena.ofConfined()) {
            MemorySegment array = scratch.allocate(CType.POINTER);
            MemorySegment count = scratch.allocate(CType.SIZE);
            api.call(OrtFunction.GET_BOUND_OUTPUT_VALUES, handle.address(), heap, array, count);
            long address = array.get(CType.POINTER, 0);
            long size = count.get(CType.SIZE, 0);
            MemorySegment values = MemorySegment.ofAddress(address).reinterpret(size * CType.POINTER.byteSize());
            long taken = 0;
            for (int i = 0; i < size; i++) {
                long value = values.getAtIndex(CType.POINTER, i);
                if (i == index) {
                    taken = value;
                } else {
                    api.release(OrtFunction.RELEASE_VALUE, value);
                }
            }
            api.call(OrtFunction.ALLOCATOR_FREE, heap, address);
            return taken;
        }
    }

    @Override
    public void close() {
        handle.close();
    }

    private static void requireOpen(Target target) {
        if (target instanceof Target.Tensor bound) {
            bound.tensor().address();
        }
    }

    private static Port port(Map<String, Port> ports, String kind, String name) {
        Port port = ports.get(name);
        if (port == null) {
            throw new IllegalArgumentException("the model has no " + kind + " " + name + "; it has " + ports.keySet());
        }
        return port;
    }
}
