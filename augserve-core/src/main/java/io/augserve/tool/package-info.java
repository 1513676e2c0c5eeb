/**
 * Tools as an application sees them: what the model is told ({@link io.augserve.tool.ToolSpec}), what runs when it calls
 * ({@link io.augserve.tool.ToolCallHandler}), and what comes back. Arguments, schemas and results are text; the core owns no
 * JSON library.
 */
@NullMarked
package io.augserve.tool;

import org.jspecify.annotations.NullMarked;
