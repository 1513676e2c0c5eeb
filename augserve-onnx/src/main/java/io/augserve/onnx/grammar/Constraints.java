package io.augserve.onnx.grammar;

import io.augserve.engine.ChatFormat;
import io.augserve.engine.EngineSpec;
import io.augserve.onnx.text.ReadableFormat;
import io.augserve.request.CallRule;
import io.augserve.request.OutputConstraint;
import io.augserve.tool.ToolSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The constraints that a model has been asked to keep, as grammars over its tokens. Those asked for last are kept compiled; the vocabulary
 * is sorted when there is the first of them. Thread-safe.
 */
public final class Constraints {
    /** Compiled constraints that are kept. */
    private static final int MOST_COMPILED = 32;

    private final String model;
    private final int vocabularySize;
    private final EngineSpec spec;
    private final Optional<ChatFormat> format;
    private final Map<Asked, TurnGrammars> compiled = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Asked, TurnGrammars> eldest) {
            return size() > MOST_COMPILED;
        }
    };
    private @Nullable Vocabulary vocabulary;

    private record Asked(OutputConstraint constraint, List<ToolSpec> tools) {}

    /**
     * @param spec the engine's
     * @param format the engine's; without a {@link ReadableFormat} every constraint is refused
     */
    public Constraints(EngineSpec spec, Optional<ChatFormat> format) {
        this.spec = spec;
        this.model = spec.model();
        this.vocabularySize = spec.vocabularySize();
        this.format = format;
    }

    /**
     * The grammars of a request's turns.
     *
     * @param tools the tools that the prompt tells of
     * @throws IllegalArgumentException if the constraint can not be kept; the message says why
     */
    public TurnGrammars of(OutputConstraint constraint, List<ToolSpec> tools) {
        if (constraint.equals(OutputConstraint.NONE)) {
            return TurnGrammars.FREE;
        }
        Asked asked = new Asked(constraint, tools);
        synchronized (compiled) {
            TurnGrammars known = compiled.get(asked);
            if (known != null) {
                return known;
            }
        }
        // Outside of the lock, so that a large schema keeps nobody waiting.
        TurnGrammars made = compile(constraint, tools);
        synchronized (compiled) {
            TurnGrammars other = compiled.putIfAbsent(asked, made);
            return other == null ? made : other;
        }
    }

    private TurnGrammars compile(OutputConstraint constraint, List<ToolSpec> tools) {
        ReadableFormat readable = readable();
        TurnRules rules = new TurnRules(constraint, tools, readable.callForm());
        return TurnGrammars.of(rules, constraint.calls() instanceof CallRule.Free, vocabulary(readable));
    }

    private ReadableFormat readable() {
        if (spec.endTokens().isEmpty()) {
            throw new IllegalArgumentException("the model '" + model
                    + "' has no end token: expected one, for constrained output has to come to an end");
        }
        return switch (format.orElse(null)) {
            case ReadableFormat readable -> readable;
            case null -> throw new IllegalArgumentException("the model '" + model
                    + "' has no tokenizer: constrained output needs to know the text of its tokens");
            default -> throw new IllegalArgumentException("the chat format of the model '" + model
                    + "' is the application's own: constrained output needs one that the engine recognised");
        };
    }

    private synchronized Vocabulary vocabulary(ReadableFormat readable) {
        Vocabulary known = vocabulary;
        if (known == null) {
            known = new Vocabulary(vocabularySize, readable::bytes, spec.endTokens());
            vocabulary = known;
        }
        return known;
    }
}
