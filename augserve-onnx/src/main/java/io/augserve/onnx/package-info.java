/** {@code OnnxEngine}: the {@code Engine} that runs a Hugging Face model directory on ONNX Runtime. */
@NullMarked
package io.augserve.onnx;

import org.jspecify.annotations.NullMarked;
