package io.augserve.examples.bench;

import com.sun.management.ThreadMXBean;
import io.augserve.engine.Batch;
import io.augserve.engine.ChatFormat;
import io.augserve.engine.Engine;
import io.augserve.engine.EngineSpec;
import io.augserve.engine.KvCache;
import io.augserve.engine.Sequence;
import io.augserve.engine.StepOutcome;
import io.augserve.onnx.OnnxEngine;
import io.augserve.onnx.StepTime;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * An engine that notes when its steps begin and end, so that what a server does between two steps can be told too. It holds the first
 * step back until it is opened, which lets all requests arrive before. Closing it leaves the engine open.
 */
final class StepLog implements Engine {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final OnnxEngine engine;
    private final CountDownLatch gate = new CountDownLatch(1);
    private final List<Entry> entries = new ArrayList<>();

    /**
     * One step.
     *
     * @param begin on {@link System#nanoTime}
     * @param end likewise
     * @param decodes sequences, if each of them computed one token and sampled the next; otherwise 0
     * @param time inside the engine
     * @param allocated bytes that the thread had allocated when the step began
     */
    record Entry(long begin, long end, int decodes, StepTime time, long allocated) {}

    StepLog(OnnxEngine engine) {
        this.engine = engine;
    }

    /** Lets the first step begin. */
    void open() {
        gate.countDown();
    }

    /** All steps; to be asked when there will be no more. */
    List<Entry> entries() {
        return entries;
    }

    @Override
    public StepOutcome step(Batch batch) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new StepOutcome.Failed(e, true);
        }
        long allocated = THREADS.getCurrentThreadAllocatedBytes();
        long begin = System.nanoTime();
        StepOutcome outcome = engine.step(batch);
        long end = System.nanoTime();
        if (outcome instanceof StepOutcome.Completed) {
            int sequences = batch.slices().size();
            boolean decodes = batch.tokens() == sequences && batch.samples() == sequences;
            entries.add(new Entry(begin, end, decodes ? sequences : 0, engine.meter().last(), allocated));
        }
        return outcome;
    }

    @Override
    public EngineSpec spec() {
        return engine.spec();
    }

    @Override
    public KvCache kvCache() {
        return engine.kvCache();
    }

    @Override
    public Optional<ChatFormat> chatFormat() {
        return engine.chatFormat();
    }

    @Override
    public void admitted(Sequence sequence) {
        engine.admitted(sequence);
    }

    @Override
    public void ended(long sequence) {
        engine.ended(sequence);
    }
}
