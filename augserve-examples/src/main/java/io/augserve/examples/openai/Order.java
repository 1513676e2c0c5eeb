package io.augserve.examples.openai;

import io.augserve.request.GenerationRequest;
import java.util.List;

/**
 * What a request over HTTP asks for.
 *
 * @param requests one for each answer, in the order of their index
 * @param choices how many of them have the same prompt
 * @param stream whether the answers are sent as they are made
 * @param countsUsage whether a stream ends with token counts
 * @param logProbs whether the answers tell log-probabilities
 * @param promptParam the member that holds the prompt, for errors
 */
record Order(List<GenerationRequest> requests, int choices, boolean stream, boolean countsUsage,
        boolean logProbs, String promptParam) {
    /** Copies the list. */
    Order {
        requests = List.copyOf(requests);
    }
}
