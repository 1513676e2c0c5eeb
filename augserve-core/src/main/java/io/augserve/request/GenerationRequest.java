package io.augserve.request;

import static java.util.Objects.requireNonNull;

import io.augserve.tool.Tool;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One request. Make one with {@link #chat(String)}, {@link #chat(List)} or {@link #tokens(int...)}.
 *
 * @param id unique among the requests in the house; the server names it if there is none
 * @param prompt a conversation or token ids
 * @param tools what the model may call; the server's own tools if there is none, an empty list forbids calls
 * @param sampling how tokens are chosen; the engine's default if there is none
 * @param serviceLevel the objective; the server's default if there is none
 * @param priority higher goes first where the scheduler heeds it; 0 is normal
 * @param sessionKey ties requests of one conversation together
 * @param kind what it is a case of, such as the agent's name: requests of one kind are expected to behave alike
 */
public record GenerationRequest(Optional<String> id, Prompt prompt, Optional<List<Tool>> tools,
        Optional<SamplingOptions> sampling, Optional<ServiceLevel> serviceLevel, int priority,
        Optional<String> sessionKey, Optional<String> kind) {
    /**
     * @throws IllegalArgumentException if two tools share a name
     */
    public GenerationRequest {
        requireNonNull(prompt, "prompt");
        tools = tools.map(List::copyOf);
        tools.ifPresent(GenerationRequest::requireDistinct);
    }

    private static void requireDistinct(List<Tool> tools) {
        Set<String> names = new HashSet<>();
        for (Tool tool : tools) {
            if (!names.add(tool.spec().name())) {
                throw new IllegalArgumentException("two tools are named '" + tool.spec().name() + "'");
            }
        }
    }

    /** A question. */
    public static Builder chat(String question) {
        return chat(List.of(ChatMessage.user(question)));
    }

    /** A conversation. */
    public static Builder chat(List<ChatMessage> messages) {
        return new Builder(new Prompt.Chat(messages));
    }

    /** Token ids, taken as they are. */
    public static Builder tokens(int... ids) {
        return new Builder(new Prompt.Tokens(ids));
    }

    /** Sets what differs from the defaults. */
    public static final class Builder {
        private final Prompt prompt;
        private Optional<String> id = Optional.empty();
        private Optional<List<Tool>> tools = Optional.empty();
        private Optional<SamplingOptions> sampling = Optional.empty();
        private Optional<ServiceLevel> serviceLevel = Optional.empty();
        private int priority;
        private Optional<String> sessionKey = Optional.empty();
        private Optional<String> kind = Optional.empty();

        private Builder(Prompt prompt) {
            this.prompt = prompt;
        }

        /** Default: named by the server. */
        public Builder id(String value) {
            id = Optional.of(value);
            return this;
        }

        /** Default: the server's own tools; none given forbids calls. */
        public Builder tools(Tool... value) {
            tools = Optional.of(List.of(value));
            return this;
        }

        /** Default: the engine's. */
        public Builder sampling(SamplingOptions value) {
            sampling = Optional.of(value);
            return this;
        }

        /** Default: the server's. */
        public Builder serviceLevel(ServiceLevel value) {
            serviceLevel = Optional.of(value);
            return this;
        }

        /** Default 0. */
        public Builder priority(int value) {
            priority = value;
            return this;
        }

        /** Default: none. */
        public Builder sessionKey(String value) {
            sessionKey = Optional.of(value);
            return this;
        }

        /** Default: none. */
        public Builder kind(String value) {
            kind = Optional.of(value);
            return this;
        }

        /** The request. */
        public GenerationRequest build() {
            return new GenerationRequest(id, prompt, tools, sampling, serviceLevel, priority, sessionKey, kind);
        }
    }
}
