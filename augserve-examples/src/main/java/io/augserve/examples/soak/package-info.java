/** {@code augserve soak}: traffic with faults for as long as one likes, and whether memory and KV blocks stay what they were. */
@NullMarked
package io.augserve.examples.soak;

import org.jspecify.annotations.NullMarked;
