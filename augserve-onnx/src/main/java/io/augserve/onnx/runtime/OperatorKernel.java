package io.augserve.onnx.runtime;

/**
 * What one node of the graph does, for an operator written in Java. A session has one kernel per node, made when the session is opened; ONNX Runtime
 * calls it in every run, from several threads at once if several runs of the session overlap. A kernel that is {@link AutoCloseable} is closed with
 * the session.
 */
@FunctionalInterface
public interface OperatorKernel {
    /**
     * Computes the node's outputs from its inputs.
     *
     * @param context valid during the call only
     * @throws Exception fails the run: the caller of {@link IoBinding#run()} gets an {@link OrtException} with this exception as its cause
     */
    void compute(KernelContext context) throws Exception;

    /** Makes the kernel of one node. */
    @FunctionalInterface
    interface Factory {
        /**
         * Makes the kernel of one node, while the session is opened.
         *
         * @param attributes the node's attributes, valid during the call only
         * @throws Exception fails the opening of the session, with this exception as the cause
         */
        OperatorKernel create(NodeAttributes attributes) throws Exception;
    }
}
