package io.augserve.observe;

import static java.util.Objects.requireNonNull;

import io.augserve.request.ServiceLevel;

/**
 * Who an event is about; the same object in all events of a request, from its admission to its end.
 *
 * @param id unique on its server, ascending in the order of arrival
 * @param name the request's id as the caller knows it
 * @param kind what the caller said it is a case of; empty if nothing
 * @param priority higher goes first where heeded
 * @param promptTokens of the rendered prompt
 * @param maxTokens most tokens that it may sample
 * @param serviceLevel its objective
 * @param arrivalNanos when it was submitted, on the server's ticker
 */
public record ObservedRequest(long id, String name, String kind, int priority, int promptTokens, int maxTokens,
        ServiceLevel serviceLevel, long arrivalNanos) {
    /** Rejects nulls. */
    public ObservedRequest {
        requireNonNull(name, "name");
        requireNonNull(kind, "kind");
        requireNonNull(serviceLevel, "serviceLevel");
    }
}
