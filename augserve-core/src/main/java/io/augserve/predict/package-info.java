/**
 * Estimates that scheduling rests on: how much a request's current segment will say, how long its tool will take, how much that returns,
 * and what a step costs. {@link io.augserve.predict.Predictor} is the SPI; the stock one learns while serving.
 * {@link io.augserve.predict.IterationTime} says how long a step takes, {@link io.augserve.predict.CostModel} what schedulers use of it.
 */
@NullMarked
package io.augserve.predict;

import org.jspecify.annotations.NullMarked;
