/** What an application touches. */
@NullMarked
package io.augserve;

import org.jspecify.annotations.NullMarked;
