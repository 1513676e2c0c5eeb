/** What every sub-command needs to write to a console: whether it is a terminal, and text that fits its columns. */
@NullMarked
package io.augserve.examples.console;

import org.jspecify.annotations.NullMarked;
