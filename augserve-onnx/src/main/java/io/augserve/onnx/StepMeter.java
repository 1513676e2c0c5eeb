package io.augserve.onnx;

/**
 * What an {@link OnnxEngine} tells those who measure it. It costs a step four looks at the clock and no memory. Confined to the
 * thread that steps the engine.
 */
public final class StepMeter {
    private final long weightBytes;
    private final long kvBytesPerToken;
    private final Runnable graph;
    private long begun;
    private long assembled;
    private long ran;
    private long sampled;
    private boolean stepped;

    StepMeter(long weightBytes, long kvBytesPerToken, Runnable graph) {
        this.weightBytes = weightBytes;
        this.kvBytesPerToken = kvBytesPerToken;
        this.graph = graph;
    }

    /** Bytes of weights that every step reads, whatever it computes; divided by the memory's bandwidth, the least time of a step. */
    public long weightBytes() {
        return weightBytes;
    }

    /** Bytes of keys and values of a token, over all layers: what a decode reads for every token of its context, besides the weights. */
    public long kvBytesPerToken() {
        return kvBytesPerToken;
    }

    /**
     * The latest step that computed something and ran to its end; blocks that it moved first are not counted.
     *
     * @throws IllegalStateException if none did
     */
    public StepTime last() {
        requireStep();
        return new StepTime(assembled - begun, ran - assembled, sampled - ran);
    }

    /**
     * Runs the graph of the latest step once more on the same inputs and drops what comes out: a step with nothing around it. The KV
     * cache stays as it is, as long as that step's sequences hold their blocks.
     *
     * @throws IllegalStateException if no step ran to its end
     */
    public void repeat() {
        requireStep();
        graph.run();
    }

    private void requireStep() {
        if (!stepped) {
            throw new IllegalStateException("no step has run yet");
        }
    }

    void begin() {
        stepped = false;
        begun = System.nanoTime();
    }

    void assembled() {
        assembled = System.nanoTime();
    }

    void ran() {
        ran = System.nanoTime();
    }

    void sampled() {
        sampled = System.nanoTime();
        stepped = true;
    }
}
