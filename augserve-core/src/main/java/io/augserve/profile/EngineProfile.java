package io.augserve.profile;

import static java.util.Objects.requireNonNull;

import io.augserve.engine.EngineSpec;
import io.augserve.predict.IterationTime;
import io.augserve.schedule.Policies;
import java.util.List;

/**
 * An engine on its machine, as measured by {@link Profiler}.
 *
 * @param engine what the engine says of itself
 * @param blockSize tokens per KV block
 * @param kvBlocks blocks on the device
 * @param hostBlocks blocks in host memory; 0 if the engine does not swap
 * @param iterationTime fitted to the steps; its overhead is 0, because the time is that of {@link io.augserve.engine.Engine#step} alone
 * @param swapSecondsPerToken to move one token's KV one way; 0 if the engine does not swap
 * @param steps what was measured; at least one
 */
public record EngineProfile(EngineSpec engine, int blockSize, int kvBlocks, int hostBlocks, IterationTime iterationTime,
        double swapSecondsPerToken, List<StepTime> steps) {
    /** Copies the list. */
    public EngineProfile {
        requireNonNull(engine, "engine");
        requireNonNull(iterationTime, "iterationTime");
        steps = List.copyOf(steps);
    }

    /** Mean absolute error of the fit over the measured steps, as a share of their times: 0.05 is five percent. */
    public double error() {
        double sum = 0;
        for (StepTime step : steps) {
            sum += Math.abs(iterationTime.nanos(step.load()) / 1e9 - step.seconds()) / step.seconds();
        }
        return sum / steps.size();
    }

    /** What policies need to know of this machine. */
    public Policies.Machine machine() {
        return Policies.Machine.of(iterationTime, swapSecondsPerToken, engine.maxBatchTokens(), engine.maxSequences());
    }
}
