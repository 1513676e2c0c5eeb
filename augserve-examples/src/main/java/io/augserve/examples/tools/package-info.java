/** The four tools that the small model was trained on, as a host application would write them. */
@NullMarked
package io.augserve.examples.tools;

import org.jspecify.annotations.NullMarked;
