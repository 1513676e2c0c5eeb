package io.augserve.serving;

import io.augserve.engine.Batch;
import io.augserve.engine.ChatFormat;
import io.augserve.engine.Engine;
import io.augserve.engine.EngineSpec;
import io.augserve.engine.Sample;
import io.augserve.engine.Sequence;
import io.augserve.engine.Slice;
import io.augserve.engine.StepOutcome;
import io.augserve.request.OutputToken;
import io.augserve.request.SamplingOptions;
import io.augserve.serving.WorldEvent.StepFault;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;

/**
 * An engine whose keys and values are the tokens themselves: a step reads what is in a sequence's blocks, compares it with the known
 * tokens, and samples from what it read. Steps fail as they are told to, and leave nonsense in the blocks.
 */
final class WorldEngine implements Engine {
    static final String POISON = "poison of ";
    private static final long STEP_NANOS = 1_000_000;
    private static final long TOKEN_NANOS = 10_000;
    private static final char NONSENSE = 0xFFFF;

    private final World world;
    private final EngineSpec spec;
    private final ToyKvCache kv;
    private final Queue<StepFault> faults = new ArrayDeque<>();
    /** Positions that cannot be computed, by seed. */
    private final Map<Long, Integer> poison = new HashMap<>();
    private final Set<Long> known = new HashSet<>();
    private Runnable duringStep = () -> {};
    private boolean broken;
    private int steps;

    WorldEngine(World world, WorldSetup setup, ToyKvCache kv) {
        this.world = world;
        this.kv = kv;
        this.spec = new EngineSpec("world", WorldModel.VOCABULARY, setup.maxContext(), Set.of(WorldModel.END),
                setup.machine().maxBatchTokens(), setup.maxSequences(), SamplingOptions.greedy());
    }

    void fail(StepFault fault) {
        faults.add(fault);
    }

    void poison(long seed, int position) {
        poison.put(seed, position);
    }

    /** From now on the device is gone. */
    void breakDown() {
        broken = true;
    }

    /** Runs in the middle of the next step. */
    void during(Runnable action) {
        duringStep = action;
    }

    @Override
    public EngineSpec spec() {
        return spec;
    }

    @Override
    public ToyKvCache kvCache() {
        return kv;
    }

    @Override
    public Optional<ChatFormat> chatFormat() {
        return Optional.of(world.format());
    }

    @Override
    public void admitted(Sequence sequence) {
        if (!known.add(sequence.id())) {
            world.trace().violation("sequence " + sequence.id() + " was admitted twice");
        }
    }

    @Override
    public void ended(long sequence) {
        if (!known.remove(sequence)) {
            world.trace().violation("sequence " + sequence + " ended, but is not known");
        }
        if (kv.held(sequence) + kv.hostHeld(sequence) + kv.reusable(sequence) > 0) {
            world.trace().violation("sequence " + sequence + " ended with blocks");
        }
    }

    Set<Long> known() {
        return known;
    }

    int steps() {
        return steps;
    }

    @Override
    public StepOutcome step(Batch batch) {
        steps++;
        world.pass(STEP_NANOS + TOKEN_NANOS * batch.tokens());
        batch.slices().forEach(slice -> world.trace().add(slice.sequence().id() * 4096L + slice.end()));
        duringStep.run();
        duringStep = () -> {};
        if (broken) {
            return new StepOutcome.Failed(new IllegalStateException(World.DEVICE_LOST), true);
        }
        for (Slice slice : batch.slices()) {
            Integer position = poison.get(slice.sequence().seed());
            if (position != null && position >= slice.start() && position < slice.end()) {
                spoil(batch);
                throw new IllegalStateException(POISON + slice.sequence().seed());
            }
        }
        StepFault fault = faults.poll();
        if (fault == null) {
            return compute(batch);
        }
        world.trace().fault(fault);
        return switch (fault) {
            case THROWS_BEFORE -> throw new IllegalStateException("hiccup");
            case THROWS_AFTER -> {
                compute(batch);
                throw new IllegalStateException("hiccup after writing");
            }
            case FAILS -> {
                spoil(batch);
                yield new StepOutcome.Failed(new IllegalStateException("failed"), false);
            }
            case OUT_OF_MEMORY -> new StepOutcome.Failed(new OutOfMemoryError("device"), false);
            case TOO_FEW -> {
                List<Sample> samples = new ArrayList<>(compute(batch).samples());
                if (!samples.isEmpty()) {
                    samples.removeLast();
                }
                yield new StepOutcome.Completed(samples);
            }
            case TOO_MANY -> {
                List<Sample> samples = new ArrayList<>(compute(batch).samples());
                samples.add(token(WorldModel.END));
                yield new StepOutcome.Completed(samples);
            }
            case NAN_LOGITS -> replaceFirst(compute(batch).samples(), new Sample.Fault("logits are not numbers"));
            case NO_SUCH_TOKEN -> replaceFirst(compute(batch).samples(), token(WorldModel.VOCABULARY + 7));
            case SLOW -> {
                world.pass(100 * STEP_NANOS);
                yield compute(batch);
            }
        };
    }

    private static StepOutcome replaceFirst(List<Sample> samples, Sample replacement) {
        List<Sample> changed = new ArrayList<>(samples);
        if (!changed.isEmpty()) {
            changed.set(0, replacement);
        }
        return new StepOutcome.Completed(changed);
    }

    private static Sample token(int token) {
        return new Sample.Token(new OutputToken(token, Float.NaN, List.of()));
    }

    private StepOutcome.Completed compute(Batch batch) {
        List<Sample> samples = new ArrayList<>(batch.slices().size());
        for (Slice slice : batch.slices()) {
            Sequence sequence = slice.sequence();
            if (!known.contains(sequence.id())) {
                world.trace().violation("a step with sequence " + sequence.id() + ", which is not known");
            }
            List<char[]> blocks = kv.blocks(sequence.id());
            int size = kv.blockSize();
            long hash = WorldModel.start(sequence.seed());
            for (int i = 0; i < slice.end(); i++) {
                char[] block = blocks.get(i / size);
                if (i >= slice.start()) {
                    block[i % size] = (char) sequence.token(i);
                } else if (block[i % size] != (char) sequence.token(i)) {
                    world.trace().violation("sequence " + sequence.id() + " goes on at " + slice.start()
                            + ", but position " + i + " is not in the cache");
                }
                hash = WorldModel.read(hash, block[i % size]);
            }
            if (slice.samples()) {
                samples.add(token(WorldModel.next(hash)));
            }
        }
        return new StepOutcome.Completed(samples);
    }

    private void spoil(Batch batch) {
        for (Slice slice : batch.slices()) {
            for (int i = slice.start(); i < slice.end(); i++) {
                kv.blocks(slice.sequence().id()).get(i / kv.blockSize())[i % kv.blockSize()] = NONSENSE;
            }
        }
    }
}
