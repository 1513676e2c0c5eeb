package io.augserve.examples.langchain4j;

import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import io.augserve.request.ServiceLevel;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * The framework's parameters and those that only AugServe has. Immutable. They combine as the framework's do: what one leaves open, the
 * other fills in.
 */
public final class AugServeChatRequestParameters extends DefaultChatRequestParameters {
    private final Optional<String> sessionKey;
    private final OptionalInt priority;
    private final Optional<ServiceLevel> serviceLevel;
    private final OptionalLong seed;

    private AugServeChatRequestParameters(Builder builder) {
        super(builder);
        sessionKey = builder.sessionKey;
        priority = builder.priority;
        serviceLevel = builder.serviceLevel;
        seed = builder.seed;
    }

    /** Starts with everything open. */
    public static Builder builder() {
        return new Builder();
    }

    /** Ties the requests of one conversation together; see {@link SessionKeys}. */
    public Optional<String> sessionKey() {
        return sessionKey;
    }

    /** Higher goes first where the scheduler heeds it; 0 is normal. */
    public OptionalInt priority() {
        return priority;
    }

    /** The objective of this request. */
    public Optional<ServiceLevel> serviceLevel() {
        return serviceLevel;
    }

    /** Makes draws repeatable. */
    public OptionalLong seed() {
        return seed;
    }

    @Override
    public AugServeChatRequestParameters overrideWith(ChatRequestParameters that) {
        return builder().overrideWith(this).overrideWith(that).build();
    }

    @Override
    public AugServeChatRequestParameters defaultedBy(ChatRequestParameters that) {
        return builder().overrideWith(that).overrideWith(this).build();
    }

    @Override
    public boolean equals(Object other) {
        return super.equals(other) && other instanceof AugServeChatRequestParameters that
                && sessionKey.equals(that.sessionKey) && priority.equals(that.priority)
                && serviceLevel.equals(that.serviceLevel) && seed.equals(that.seed);
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), sessionKey, priority, serviceLevel, seed);
    }

    @Override
    public String toString() {
        return "AugServeChatRequestParameters[" + super.toString() + ", sessionKey=" + sessionKey + ", priority="
                + priority + ", serviceLevel=" + serviceLevel + ", seed=" + seed + "]";
    }

    /** Sets what is not to stay open. */
    public static final class Builder extends DefaultChatRequestParameters.Builder<Builder> {
        private Optional<String> sessionKey = Optional.empty();
        private OptionalInt priority = OptionalInt.empty();
        private Optional<ServiceLevel> serviceLevel = Optional.empty();
        private OptionalLong seed = OptionalLong.empty();

        private Builder() {}

        /** Default: requests are tied together by their tokens alone. */
        public Builder sessionKey(String value) {
            sessionKey = Optional.of(value);
            return this;
        }

        /** Default 0. */
        public Builder priority(int value) {
            priority = OptionalInt.of(value);
            return this;
        }

        /** Default: the server's. */
        public Builder serviceLevel(ServiceLevel value) {
            serviceLevel = Optional.of(value);
            return this;
        }

        /** Default: drawn by the server. */
        public Builder seed(long value) {
            seed = OptionalLong.of(value);
            return this;
        }

        @Override
        public Builder overrideWith(ChatRequestParameters parameters) {
            super.overrideWith(parameters);
            if (parameters instanceof AugServeChatRequestParameters that) {
                sessionKey = that.sessionKey.or(() -> sessionKey);
                priority = that.priority.isPresent() ? that.priority : priority;
                serviceLevel = that.serviceLevel.or(() -> serviceLevel);
                seed = that.seed.isPresent() ? that.seed : seed;
            }
            return this;
        }

        @Override
        public AugServeChatRequestParameters build() {
            return new AugServeChatRequestParameters(this);
        }
    }
}
