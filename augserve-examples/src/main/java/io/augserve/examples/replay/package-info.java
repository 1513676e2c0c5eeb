/**
 * {@code augserve replay}: serves a workload on a real engine in real time, simulates the same on a profile that was just measured, and
 * shows how far the two agree. {@link io.augserve.simulation.LiveReplay} does the serving.
 */
@NullMarked
package io.augserve.examples.replay;

import org.jspecify.annotations.NullMarked;
