/**
 * Decisions as small pure objects: who runs in the next step and with how many tokens ({@link io.augserve.schedule.Scheduler}),
 * and how many tokens a step may carry ({@link io.augserve.schedule.BatchPolicy}). No clock, no thread, no logging; a policy
 * reads a view and returns a plan.
 */
@NullMarked
package io.augserve.schedule;

import org.jspecify.annotations.NullMarked;
