/**
 * Output that has to follow a grammar: JSON schemas and tool calls as rules over bytes, an automaton that reads along, the tokens that it
 * allows next, and which grammar a sequence's next token has to follow.
 */
@NullMarked
package io.augserve.onnx.grammar;

import org.jspecify.annotations.NullMarked;
