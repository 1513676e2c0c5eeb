package io.augserve.onnx;

/**
 * Where the time of one step of an {@link OnnxEngine} went, in nanoseconds.
 *
 * @param assemble packing the batch and binding it
 * @param run ONNX Runtime's call
 * @param sample drawing a token from every row of logits
 */
public record StepTime(long assemble, long run, long sample) {}
