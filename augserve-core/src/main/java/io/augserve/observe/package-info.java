/**
 * Watching a server: {@link io.augserve.observe.ServerObserver} is told of everything that happens to requests, steps and memory, as small
 * immutable {@linkplain io.augserve.observe.ServerEvent events} from which gauges, histograms, traces and live pages can be made. A
 * server without an observer makes no events; one whose observer fails serves on.
 */
@NullMarked
package io.augserve.observe;

import org.jspecify.annotations.NullMarked;
