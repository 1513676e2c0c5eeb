/**
 * The paged decoder against ONNX Runtime's own: the same graph on the same weights, once with {@code PagedAttention} over scattered blocks and once with
 * the native {@code GroupQueryAttention} over contiguous buffers that it updates in place, in one process and in turns.
 */
@NullMarked
package io.augserve.jmh.rival;

import org.jspecify.annotations.NullMarked;
