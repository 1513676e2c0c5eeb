/** The command-line program and the quick start. */
@NullMarked
package io.augserve.examples;

import org.jspecify.annotations.NullMarked;
