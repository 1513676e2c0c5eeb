/**
 * The SPI of a back end: what it implements ({@link io.augserve.engine.Engine}, {@link io.augserve.engine.KvCache},
 * {@link io.augserve.engine.ChatFormat}) and what it is given ({@link io.augserve.engine.Batch}). An engine knows nothing of
 * queues, tools or service levels.
 */
@NullMarked
package io.augserve.engine;

import org.jspecify.annotations.NullMarked;
