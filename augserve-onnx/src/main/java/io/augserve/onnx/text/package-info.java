/**
 * Text in and out of a model: the {@link io.augserve.onnx.text.Tokenizer}, the chat formats that
 * {@link io.augserve.onnx.text.ChatFormats} finds in a model directory, the incremental
 * {@link io.augserve.onnx.text.Detokenizer}, and the parsers that read tool calls from a turn while it is being
 * written. Chat templates are not interpreted: the published templates of the supported families are written out in
 * Java, byte for byte. What a user, a tool or a document says is never read as markup of the chat format.
 */
@NullMarked
package io.augserve.onnx.text;

import org.jspecify.annotations.NullMarked;
