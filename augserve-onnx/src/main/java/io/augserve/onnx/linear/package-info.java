/**
 * Linear layers of our own for the CPU: weights stay in the file that they are mapped from, in whatever format, and a product that decodes a few rows
 * at a time into the nearest cache works on them. {@link io.augserve.onnx.linear.LinearOperators} are what a graph sees of it.
 */
@NullMarked
package io.augserve.onnx.linear;

import org.jspecify.annotations.NullMarked;
