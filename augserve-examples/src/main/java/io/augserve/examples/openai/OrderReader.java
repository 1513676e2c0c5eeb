package io.augserve.examples.openai;

import java.util.Optional;

/** Reads the body of one kind of request. Thread-safe. */
interface OrderReader {
    /**
     * Reads a request.
     *
     * @param session the conversation that its header says it belongs to; the body's {@code prompt_cache_key} goes first
     * @throws ApiException if something in it is wrong or not supported
     */
    Order read(Fields body, Optional<String> session);
}
