/** {@code augserve quickstart}: serves a handful of concurrent requests and shows what happens to them. */
@NullMarked
package io.augserve.examples.quickstart;

import org.jspecify.annotations.NullMarked;
