/**
 * {@code com.microsoft.PagedAttention} for the CPU, in Java. ONNX Runtime has the operator for CUDA only; {@link io.augserve.onnx.kernel.PagedAttention}
 * registers this kernel under the same name, so that one graph serves both. A run carries packed tokens of many sequences, prefill chunks and decodes
 * alike, and the keys and values of a sequence lie in blocks that its block table names.
 */
@NullMarked
package io.augserve.onnx.kernel;

import org.jspecify.annotations.NullMarked;
