package io.augserve.examples.langchain4j;

import dev.langchain4j.model.chat.request.ChatRequest;
import java.util.function.BiFunction;

/** Session keys for {@code AiServices}. */
public final class SessionKeys {
    /** The memory id of a service whose methods name none; it says nothing about who is asking. */
    private static final Object NOBODY = "default";

    private SessionKeys() {}

    /**
     * Makes the {@code @MemoryId} of a conversation its session key: for {@code AiServices.builder(..).chatRequestTransformer(..)}. Requests
     * without a memory id stay as they are.
     */
    public static BiFunction<ChatRequest, Object, ChatRequest> byMemoryId() {
        return (request, memoryId) -> memoryId == null || memoryId.equals(NOBODY)
                ? request
                : ChatRequest.builder().messages(request.messages())
                        .parameters(AugServeChatRequestParameters.builder().overrideWith(request.parameters())
                                .sessionKey(memoryId.toString()).build())
                        .build();
    }
}
