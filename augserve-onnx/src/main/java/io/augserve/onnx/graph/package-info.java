/**
 * Writes the ONNX graph of a decoder at load time: a small protobuf writer, ONNX messages on top of it, and
 * {@link io.augserve.onnx.graph.DecoderGraph}, which turns a checked model directory into a graph whose weights stay in
 * the safetensors files.
 */
@NullMarked
package io.augserve.onnx.graph;

import org.jspecify.annotations.NullMarked;
