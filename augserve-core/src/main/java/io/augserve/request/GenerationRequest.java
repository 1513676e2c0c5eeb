package io.augserve.request;

import static java.util.Objects.requireNonNull;

import io.augserve.tool.Tool;
import io.augserve.tool.ToolSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * One request. Make one with {@link #chat(String)}, {@link #chat(List)} or {@link #tokens(int...)}.
 *
 * @param id unique among the requests in the house; the server names it if there is none
 * @param prompt a conversation or token ids
 * @param tools what the model may call and the server runs; the server's own tools if there is none and none is declared, an empty list
 *        forbids calls
 * @param declared what the model may call and the caller runs: a turn that calls one of these ends the generation with
 *        {@link FinishReason#TOOL_CALLS}, and none of its calls is run here
 * @param constraint what the model may write
 * @param sampling how tokens are chosen; the engine's default if there is none
 * @param serviceLevel the objective; the server's default if there is none
 * @param priority higher goes first where the scheduler heeds it; 0 is normal
 * @param sessionKey ties the turns of one conversation together: a request finds the parked turn that it follows by it
 *        ({@link SessionRetention}), and without one by the tokens that its prompt begins with
 * @param kind what it is a case of, such as the agent's name: requests of one kind are expected to behave alike
 */
public record GenerationRequest(Optional<String> id, Prompt prompt, Optional<List<Tool>> tools, List<ToolSpec> declared,
        OutputConstraint constraint, Optional<SamplingOptions> sampling, Optional<ServiceLevel> serviceLevel,
        int priority,
        Optional<String> sessionKey, Optional<String> kind) {
    /**
     * @throws IllegalArgumentException if two tools share a name
     */
    public GenerationRequest {
        requireNonNull(prompt, "prompt");
        tools = tools.map(List::copyOf);
        declared = List.copyOf(declared);
        requireNonNull(constraint, "constraint");
        requireDistinct(Stream.concat(tools.stream().flatMap(List::stream).map(Tool::spec), declared.stream()));
    }

    private static void requireDistinct(Stream<ToolSpec> tools) {
        Set<String> names = new HashSet<>();
        tools.forEach(tool -> {
            if (!names.add(tool.name())) {
                throw new IllegalArgumentException("two tools are named '" + tool.name() + "'");
            }
        });
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
        private List<ToolSpec> declared = List.of();
        private OutputConstraint constraint = OutputConstraint.NONE;
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

        /** Tools that the caller runs: calls end the generation with {@link FinishReason#TOOL_CALLS}. Default: none. */
        public Builder declare(ToolSpec... value) {
            declared = List.of(value);
            return this;
        }

        /** Default: none. */
        public Builder constraint(OutputConstraint value) {
            constraint = value;
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

        /** What the turns of one conversation have in common. Default: none, and a follow-up is known by its tokens. */
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
            return new GenerationRequest(id, prompt, tools, declared, constraint, sampling, serviceLevel, priority,
                    sessionKey, kind);
        }
    }
}
