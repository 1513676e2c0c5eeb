/**
 * What goes in and what comes out: requests with their sampling options and service levels, the events of a running
 * generation, its result, and the exceptions. Immutable values throughout.
 */
@NullMarked
package io.augserve.request;

import org.jspecify.annotations.NullMarked;
