/**
 * LangChain4j's {@code ChatModel} and {@code StreamingChatModel} on an {@link io.augserve.AugServe} in the same JVM. The framework runs the
 * tools, so a turn that calls some ends its generation, and the conversation comes back as a new request. The package depends on the core,
 * LangChain4j and Gson alone and can be lifted into a host application.
 */
@NullMarked
package io.augserve.examples.langchain4j;

import org.jspecify.annotations.NullMarked;
