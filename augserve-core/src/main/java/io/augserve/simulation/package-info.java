/**
 * Serving in virtual time: what an iteration costs on a given machine ({@link io.augserve.simulation.HardwareProfile}),
 * what is asked of it and when ({@link io.augserve.simulation.TraceRequest},
 * {@link io.augserve.simulation.SyntheticWorkload}, {@link io.augserve.simulation.Arrivals},
 * {@link io.augserve.simulation.Workload}) and how well it was served ({@link io.augserve.simulation.RequestOutcome},
 * {@link io.augserve.simulation.RunMetrics}). Everything random comes from a seed that the caller gives, so a run can
 * be repeated. {@link io.augserve.simulation.LiveReplay} asks the same of a real engine, in real time.
 */
@NullMarked
package io.augserve.simulation;

import org.jspecify.annotations.NullMarked;
