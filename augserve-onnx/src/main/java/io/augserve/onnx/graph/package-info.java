/**
 * The ONNX graph of a decoder, made at load time: a small protobuf writer and reader, ONNX messages on top of them, and three ways to a
 * {@link io.augserve.onnx.graph.DecoderModel}. {@link io.augserve.onnx.graph.DecoderGraph} writes a graph for a checked model directory,
 * {@link io.augserve.onnx.graph.ExportedPagedModel} rewrites an exported one, and {@link io.augserve.onnx.graph.CopyingModel} takes one as
 * it is. The weights stay in their files.
 */
@NullMarked
package io.augserve.onnx.graph;

import org.jspecify.annotations.NullMarked;
