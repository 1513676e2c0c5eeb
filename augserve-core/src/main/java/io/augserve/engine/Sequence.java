package io.augserve.engine;

import io.augserve.request.OutputConstraint;
import io.augserve.request.SamplingOptions;
import io.augserve.tool.ToolSpec;
import java.util.List;

/**
 * The known tokens of one request: prompt, sampled tokens and tool results, in order. It only grows. An engine reads it during
 * {@link Engine#step}, or on the same thread between {@link Engine#admitted} and {@link Engine#ended}, and keeps no reference afterwards.
 */
public interface Sequence {
    /** Unique for the life of the engine; the key into the {@link KvCache}. */
    long id();

    /** Number of known tokens. */
    int length();

    /** The token at a position in [0, length). */
    int token(int position);

    /** How this sequence samples. */
    SamplingOptions sampling();

    /**
     * The seed of this sequence's draws. The draw of the token at a position must be a function of the seed and the position
     * alone, so that recomputing changes nothing.
     */
    long seed();

    /** What may be sampled; {@link Engine#check} has let it pass. */
    default OutputConstraint constraint() {
        return OutputConstraint.NONE;
    }

    /** The tools that the prompt tells of. */
    default List<ToolSpec> tools() {
        return List.of();
    }

    /** Whether the token at a position was sampled, as opposed to given by the prompt or a tool result. */
    boolean isOutput(int position);
}
