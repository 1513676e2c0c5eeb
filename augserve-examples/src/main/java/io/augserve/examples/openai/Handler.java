package io.augserve.examples.openai;

/** Answers the requests of one path. */
@FunctionalInterface
interface Handler {
    /**
     * Answers, now or later. Runs on a thread of its own and may block.
     *
     * @throws ApiException becomes the answer, as any other failure does
     */
    void handle(Exchange exchange);
}
