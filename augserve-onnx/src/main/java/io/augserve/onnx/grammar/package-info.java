/**
 * Output that has to follow a grammar: JSON schemas and tool calls as rules over bytes, an automaton that reads along, and the tokens that
 * it allows next. The engine does not sample along it yet.
 */
@NullMarked
package io.augserve.onnx.grammar;

import org.jspecify.annotations.NullMarked;
