/** The command-line program: {@code augserve}, with one sub-command a package. */
@NullMarked
package io.augserve.examples;

import org.jspecify.annotations.NullMarked;
