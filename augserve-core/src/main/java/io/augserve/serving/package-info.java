/**
 * The serving loop: a single writer that owns every request, queue and estimate. It drains its inbox, asks the scheduler for a
 * plan, lets the engine run it, applies the outcome and delivers events. Production gives it a thread
 * ({@link io.augserve.serving.LoopThread}); tests and simulation call {@link io.augserve.serving.ServingLoop#doWork()} by hand.
 * Not exported.
 */
@NullMarked
package io.augserve.serving;

import org.jspecify.annotations.NullMarked;
