package io.augserve.onnx.runtime;

import java.util.List;

/**
 * An operator written in Java, which a model uses under this domain and name like any other; {@link SessionOptions#withOperators} registers it. In a
 * domain that ONNX Runtime knows, it takes the place of the built-in operator of the same name, and the domain's other operators stay native. It runs
 * on the CPU.
 *
 * @param domain such as {@code com.microsoft}
 * @param inputs the node's inputs in order; optional ones last or left empty by the node
 * @param outputs the node's outputs in order
 * @param factory makes the kernel of each node
 */
public record CustomOperator(String domain, String name, List<Port> inputs, List<Port> outputs,
        OperatorKernel.Factory factory) {
    /** An input or output of the operator. */
    public record Port(ElementType type, boolean optional) {
        public static Port required(ElementType type) {
            return new Port(type, false);
        }

        public static Port optional(ElementType type) {
            return new Port(type, true);
        }
    }

    public CustomOperator {
        inputs = List.copyOf(inputs);
        outputs = List.copyOf(outputs);
        if (inputs.size() > KernelContext.MAX_INPUTS) {
            throw new IllegalArgumentException(
                    "operator " + name + " has " + inputs.size() + " inputs; at most " + KernelContext.MAX_INPUTS
                            + " are supported");
        }
    }
}
