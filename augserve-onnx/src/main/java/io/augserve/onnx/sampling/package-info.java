/**
 * From a row of logits to a token. {@link io.augserve.onnx.sampling.Sampler} leads a row through the stations, one class each:
 * {@code Row} (copy and check), {@code Penalties} with {@code TokenCounts}, {@code LogProbs}, {@code Softmax} with {@code RowExp}, {@code Candidates} with
 * {@code TopK} and {@code Nucleus} (the filters), {@code Draw} (the random variate). Nothing here knows of ONNX Runtime: a row
 * is memory.
 */
@NullMarked
package io.augserve.onnx.sampling;

import org.jspecify.annotations.NullMarked;
