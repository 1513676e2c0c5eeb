package io.augserve.serving;

import io.augserve.engine.Batch;
import io.augserve.engine.ChatFormat;
import io.augserve.engine.Engine;
import io.augserve.engine.EngineSpec;
import io.augserve.engine.KvCache;
import io.augserve.engine.Sample;
import io.augserve.engine.Sequence;
import io.augserve.engine.Slice;
import io.augserve.engine.StepOutcome;
import io.augserve.request.OutputToken;
import io.augserve.request.SamplingOptions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;
import java.util.function.UnaryOperator;

/**
 * An engine whose "KV cache" is the text it was fed: what it samples is a function of exactly that text, so a token lost, doubled or
 * computed at a wrong position changes the output, and a slice that does not continue what is cached is an error. A step that fails
 * leaves nonsense in the blocks that it should have written.
 */
public class ToyEngine implements Engine {
    /** Ends a turn. */
    public static final int END = 0;

    private final EngineSpec spec;
    private final ToyKvCache kv;
    private final UnaryOperator<String> brain;
    /** Called before a step runs; a test may make it fail or advance the clock. */
    private Function<Batch, Optional<StepOutcome>> interceptor = batch -> Optional.empty();
    private UnaryOperator<List<Sample>> falsifier = samples -> samples;
    /** Sequences that were admitted and have not ended. */
    private final Set<Long> known = new HashSet<>();
    private int steps;
    private boolean closed;

    /**
     * @param brain from the conversation so far to the model's whole next turn
     */
    public ToyEngine(int blocks, int blockSize, int maxContext, UnaryOperator<String> brain) {
        this(blocks, blockSize, maxContext, 0, brain);
    }

    /**
     * @param hostBlocks blocks of host memory; what is in them is not forgotten
     */
    public ToyEngine(int blocks, int blockSize, int maxContext, int hostBlocks, UnaryOperator<String> brain) {
        this.spec = new EngineSpec("toy", 256, maxContext, Set.of(END), 64, 256, SamplingOptions.greedy());
        this.kv = new ToyKvCache(blockSize, blocks, hostBlocks);
        this.brain = brain;
    }

    public void intercept(Function<Batch, Optional<StepOutcome>> newInterceptor) {
        interceptor = newInterceptor;
    }

    /** Changes what steps return. */
    public void falsify(UnaryOperator<List<Sample>> newFalsifier) {
        falsifier = newFalsifier;
    }

    @Override
    public EngineSpec spec() {
        return spec;
    }

    @Override
    public KvCache kvCache() {
        return kv;
    }

    @Override
    public Optional<ChatFormat> chatFormat() {
        return Optional.of(new ToyFormat());
    }

    @Override
    public void admitted(Sequence sequence) {
        if (!known.add(sequence.id())) {
            throw new AssertionError("sequence " + sequence.id() + " was admitted twice");
        }
    }

    @Override
    public void ended(long sequence) {
        known.remove(sequence);
    }

    /** Sequences that it would have to remember. */
    int known() {
        return known.size();
    }

    @Override
    public StepOutcome step(Batch batch) {
        steps++;
        if (!batch.slices().stream().allMatch(slice -> known.contains(slice.sequence().id()))) {
            throw new AssertionError("a step with a sequence that was not admitted");
        }
        Optional<StepOutcome> instead = interceptor.apply(batch);
        if (instead.isPresent()) {
            batch.slices().forEach(slice -> write(slice, position -> '?'));
            return instead.get();
        }
        List<Sample> samples = new ArrayList<>();
        for (Slice slice : batch.slices()) {
            String cached = kv.read(slice.sequence().id(), slice.start());
            for (int i = 0; i < slice.start(); i++) {
                if (cached.charAt(i) != (char) slice.sequence().token(i)) {
                    throw new AssertionError("sequence " + slice.sequence().id() + " continues at " + slice.start()
                            + " but these are cached: " + cached);
                }
            }
            write(slice, position -> (char) slice.sequence().token(position));
            if (slice.samples()) {
                samples.add(new Sample.Token(
                        new OutputToken(next(kv.read(slice.sequence().id(), slice.end())), Float.NaN, List.of())));
            }
        }
        return new StepOutcome.Completed(falsifier.apply(samples));
    }

    private void write(Slice slice, IntUnaryOperator text) {
        for (int i = slice.start(); i < slice.end(); i++) {
            kv.write(slice.sequence().id(), i, (char) text.applyAsInt(i));
        }
    }

    /** The character of the model's turn that follows what it has said so far. */
    private int next(String text) {
        int turn = text.lastIndexOf(ToyFormat.ASSISTANT) + ToyFormat.ASSISTANT.length();
        String planned = brain.apply(text.substring(0, turn));
        int said = text.length() - turn;
        return said < planned.length() ? planned.charAt(said) : END;
    }

    public int steps() {
        return steps;
    }

    public boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
    }
}
