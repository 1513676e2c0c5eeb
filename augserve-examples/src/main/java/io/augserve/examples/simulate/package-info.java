/**
 * {@code augserve simulate}: runs policies on traces, machines and rates in virtual time and reports how well they served. Inputs
 * are read strictly ({@link io.augserve.examples.simulate.Trace}, {@link io.augserve.examples.simulate.ProfileReader},
 * {@link io.augserve.examples.simulate.ArrivalPattern}) into one {@link io.augserve.examples.simulate.Scenario}; its runs become
 * a table, JSON, a picture and a page.
 */
@NullMarked
package io.augserve.examples.simulate;

import org.jspecify.annotations.NullMarked;
