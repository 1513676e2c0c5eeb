/** {@code augserve bench}: how fast a model is served on this machine, and how fast it could be. */
@NullMarked
package io.augserve.examples.bench;

import org.jspecify.annotations.NullMarked;
