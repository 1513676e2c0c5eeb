package io.augserve.engine;

import io.augserve.request.OutputConstraint;
import io.augserve.tool.ToolSpec;
import java.util.List;
import java.util.Optional;

/**
 * A back end that runs a model. Everything but {@link #spec()}, {@link #chatFormat()} and {@link #check} is called by one thread at a time,
 * the serving loop's.
 */
public interface Engine extends AutoCloseable {
    /** What the engine can do; constant. */
    EngineSpec spec();

    /** The KV cache whose blocks the loop reserves and releases. */
    KvCache kvCache();

    /** How conversations become tokens and tokens become text; without one, requests are token ids and outputs have no text. */
    Optional<ChatFormat> chatFormat();

    /**
     * Computes the tokens of every slice, writing their keys and values into blocks that the loop has reserved, and samples one
     * token for each slice that asks for it.
     *
     * @param batch at least one slice; each sequence at most once
     * @return {@link StepOutcome.Completed} with as many samples as slices that sample, in their order; or
     *         {@link StepOutcome.Failed}, after which nothing may be assumed of the KV written by this step. Throwing counts as
     *         a failure that is not fatal.
     */
    StepOutcome step(Batch batch);

    /**
     * Refuses a constraint that the engine cannot keep; never asked about {@link OutputConstraint#NONE}. Thread-safe: called on the threads
     * that submit.
     *
     * @param tools the tools that the prompt tells of
     * @throws IllegalArgumentException if it cannot be kept; the message says what
     */
    default void check(OutputConstraint constraint, List<ToolSpec> tools) {
        throw new IllegalArgumentException("the engine '" + spec().model() + "' cannot constrain its output");
    }

    /**
     * A sequence has entered; called once, before anything is asked of the {@link KvCache} about it, so that a cache that recognises
     * equal contents can tell what the sequence could reuse. The engine may keep it and read it, from the loop's thread, until
     * {@link #ended}. If this throws, the sequence is served without reuse.
     */
    default void admitted(Sequence sequence) {}

    /** A sequence will not be seen again; its blocks have been released. Whatever else is kept for it can go. */
    default void ended(long sequence) {}

    /** Frees everything; the engine is never used again. Idempotent. */
    @Override
    default void close() {}
}
