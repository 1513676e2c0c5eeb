package io.augserve.simulation;

import static java.util.Objects.requireNonNull;

import io.augserve.engine.Batch;
import io.augserve.engine.ChatFormat;
import io.augserve.engine.Engine;
import io.augserve.engine.EngineSpec;
import io.augserve.engine.KvCache;
import io.augserve.engine.Sample;
import io.augserve.engine.Sequence;
import io.augserve.engine.Slice;
import io.augserve.engine.StepOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A real engine that says what scripts say. Every step runs on the engine, with as many tokens at the same positions and blocks as a
 * model that really answered so would need; only what it samples is replaced by the script's token. To the serving loop the vocabulary is
 * {@link ScriptTokens}; the engine sees {@link ModelTokens}. Closing it leaves the engine open.
 */
final class ScriptedEngine implements Engine {
    private final Engine engine;
    private final Scripts scripts;
    private final long salt;
    private final SimulatedEngine.StepObserver observer;
    private final EngineSpec spec;

    /**
     * @param engine computes; holds no sequence
     * @param scripts what is said
     * @param salt runs on one engine differ in it, or one would find what another left in the cache
     * @param observer told of every step that ran
     */
    ScriptedEngine(Engine engine, Scripts scripts, long salt, SimulatedEngine.StepObserver observer) {
        this.engine = requireNonNull(engine, "engine");
        this.scripts = scripts;
        this.salt = salt;
        this.observer = observer;
        EngineSpec real = engine.spec();
        this.spec = new EngineSpec(real.model(), ScriptTokens.SIZE, real.maxContext(), scripts.endTokens(),
                real.maxBatchTokens(), real.maxSequences(), real.defaultSampling());
    }

    @Override
    public EngineSpec spec() {
        return spec;
    }

    @Override
    public KvCache kvCache() {
        return engine.kvCache();
    }

    @Override
    public Optional<ChatFormat> chatFormat() {
        return Optional.of(scripts.format());
    }

    @Override
    public StepOutcome step(Batch batch) {
        List<Slice> slices = batch.slices().stream()
                .map(slice -> new Slice(real(slice.sequence()), slice.start(), slice.count())).toList();
        StepOutcome outcome = engine.step(new Batch(slices, batch.swapOuts(), batch.swapIns()));
        return switch (outcome) {
            case StepOutcome.Failed failed -> failed;
            case StepOutcome.Completed completed -> scripted(batch, completed.samples());
        };
    }

    private StepOutcome scripted(Batch batch, List<Sample> real) {
        List<Sample> samples = new ArrayList<>(real.size());
        for (Slice slice : batch.slices()) {
            if (slice.samples()) {
                samples.add(scripted(slice.sequence(), real.get(samples.size())));
            }
        }
        observer.stepped(batch, batch.tokens());
        return new StepOutcome.Completed(samples);
    }

    private Sample scripted(Sequence sequence, Sample real) {
        return switch (real) {
            // A broken sequence stays one: its step is not what the script asked for.
            case Sample.Fault fault -> fault;
            case Sample.Token ignored -> {
                Scripts.Next next = scripts.next(sequence);
                observer.sampled(next.request(), next.place());
                yield next.sample();
            }
        };
    }

    @Override
    public void admitted(Sequence sequence) {
        engine.admitted(real(sequence));
    }

    @Override
    public void ended(long sequence) {
        engine.ended(sequence);
    }

    private Sequence real(Sequence sequence) {
        return new ModelTokens(sequence, salt, engine.spec());
    }
}
