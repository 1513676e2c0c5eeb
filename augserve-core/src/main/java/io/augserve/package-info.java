/**
 * The entry: {@link io.augserve.AugServe} ties an engine, tools, a scheduler and limits together and takes requests. What goes in
 * and comes out lives in {@link io.augserve.request} and {@link io.augserve.tool}.
 */
@NullMarked
package io.augserve;

import org.jspecify.annotations.NullMarked;
