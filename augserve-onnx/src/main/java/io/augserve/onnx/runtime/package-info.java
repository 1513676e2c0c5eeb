/**
 * ONNX Runtime's C API through {@code java.lang.foreign}: the only package that calls native code. Resources are closeable, closing twice does
 * nothing, and the order of closing is free: what is still in use keeps alive what it came from (a tensor its allocator, a binding its session, a
 * session its environment). {@link io.augserve.onnx.runtime.CustomOperator} goes the other way: it lets ONNX Runtime call an operator written in
 * Java. Inside the package a native pointer is a {@code long}, so that no call allocates an object for one.
 */
@NullMarked
package io.augserve.onnx.runtime;

import org.jspecify.annotations.NullMarked;
