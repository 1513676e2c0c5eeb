/**
 * An engine's costs, measured through its SPI alone: {@link io.augserve.profile.Profiler} runs steps of synthetic sequences and fits
 * {@link io.augserve.predict.IterationTime} to how long they took.
 */
@NullMarked
package io.augserve.profile;

import org.jspecify.annotations.NullMarked;
