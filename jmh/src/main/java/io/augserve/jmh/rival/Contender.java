package io.augserve.jmh.rival;

/** A decoder that runs one step over and over. */
interface Contender extends AutoCloseable {
    /**
     * Prepares a step: each of {@code batch} sequences has {@code past} tokens in the cache and gets {@code fresh} new ones; the logits of the last
     * one of each are wanted.
     */
    void prepare(int batch, int past, int fresh);

    /** Runs the step that was prepared; it may be run again. */
    void run();

    /** [batch, vocabulary] of the last run. */
    float[] logits();

    @Override
    void close();
}
