package io.augserve.examples.langchain4j;

import dev.langchain4j.model.output.TokenUsage;
import io.augserve.request.Usage;
import java.util.Objects;

/** Token counts with those input tokens that were in the KV cache already. Immutable. */
public final class AugServeTokenUsage extends TokenUsage {
    private final int cachedInputTokenCount;

    private AugServeTokenUsage(Integer input, Integer output, Integer total, int cachedInputTokenCount) {
        super(input, output, total);
        this.cachedInputTokenCount = cachedInputTokenCount;
    }

    /** Results of calls that the server itself answered count as input. */
    static AugServeTokenUsage of(Usage usage) {
        int input = usage.promptTokens() + usage.toolResultTokens();
        return new AugServeTokenUsage(input, usage.outputTokens(), input + usage.outputTokens(), usage.cachedTokens());
    }

    /** Input tokens that were not computed because their keys and values were in the cache; part of the input tokens. */
    public int cachedInputTokenCount() {
        return cachedInputTokenCount;
    }

    /** The sum of two; a usage of another kind counts as one without cached tokens. */
    @Override
    public AugServeTokenUsage add(TokenUsage that) {
        if (that == null) {
            return this;
        }
        int cached = that instanceof AugServeTokenUsage usage ? usage.cachedInputTokenCount : 0;
        return new AugServeTokenUsage(sum(inputTokenCount(), that.inputTokenCount()),
                sum(outputTokenCount(), that.outputTokenCount()), sum(totalTokenCount(), that.totalTokenCount()),
                cachedInputTokenCount + cached);
    }

    @Override
    public boolean equals(Object other) {
        return super.equals(other) && cachedInputTokenCount == ((AugServeTokenUsage) other).cachedInputTokenCount;
    }

    @Override
    public int hashCode() {
        return Objects.hash(super.hashCode(), cachedInputTokenCount);
    }

    @Override
    public String toString() {
        return "AugServeTokenUsage[input=" + inputTokenCount() + ", cachedInput=" + cachedInputTokenCount + ", output="
                + outputTokenCount() + "]";
    }
}
