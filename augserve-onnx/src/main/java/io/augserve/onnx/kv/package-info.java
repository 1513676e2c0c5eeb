/**
 * The paged KV cache: {@link io.augserve.onnx.kv.PagedKvCache} decides which blocks a sequence holds, {@link io.augserve.onnx.kv.KvPools} is the
 * memory that the blocks lie in, the same block number meaning the same place in every layer. Without sharing it
 * counts as core's {@link io.augserve.engine.BlockLedger} does. Everything is confined to one thread, the serving loop's, but for what {@link
 * io.augserve.onnx.kv.BlockMover} copies beside a step.
 */
@NullMarked
package io.augserve.onnx.kv;

import org.jspecify.annotations.NullMarked;
