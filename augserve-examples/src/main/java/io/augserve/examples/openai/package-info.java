/**
 * An OpenAI-compatible HTTP endpoint for a server that runs in the same JVM: chat completions and text completions, streamed or not, with
 * tools that the client runs. Needs the core, Gson and Netty and nothing else of the examples, so that it can be lifted into a host
 * application; {@link io.augserve.examples.openai.OpenAiServer} is where to begin. A request goes from {@code Connection} through
 * {@code Router} to an {@code Order}, and its events come back through a {@code Dialect}.
 */
@NullMarked
package io.augserve.examples.openai;

import org.jspecify.annotations.NullMarked;
