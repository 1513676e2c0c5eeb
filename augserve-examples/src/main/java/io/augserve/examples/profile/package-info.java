/** {@code augserve profile}: what steps of a model cost on this machine. */
@NullMarked
package io.augserve.examples.profile;

import org.jspecify.annotations.NullMarked;
