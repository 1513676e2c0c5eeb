/** {@code augserve gpu-check}: whether an engine on a GPU does what one on the processor does, and how fast. */
@NullMarked
package io.augserve.examples.gpucheck;

import org.jspecify.annotations.NullMarked;
