/**
 * A Hugging Face model directory as it lies on disk: {@code config.json}, {@code generation_config.json} and the
 * safetensors weights. Everything is read once, checked completely and then immutable; no file stays open, and no
 * weight is copied, only located. Whatever is wrong with a directory is reported as one
 * {@link io.augserve.onnx.model.ModelFormatException}.
 */
@NullMarked
package io.augserve.onnx.model;

import org.jspecify.annotations.NullMarked;
