/** Micro-benchmarks. */
@NullMarked
package io.augserve.jmh;

import org.jspecify.annotations.NullMarked;
