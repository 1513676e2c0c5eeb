/** {@code augserve serve}: a model behind the endpoint of {@link io.augserve.examples.openai}. */
@NullMarked
package io.augserve.examples.serve;

import org.jspecify.annotations.NullMarked;
