package io.augserve.serving;

import io.augserve.predict.CostModel;
import io.augserve.request.SessionRetention;
import io.augserve.schedule.Policies;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What a world is from its beginning: machine, limits, policy and how much goes wrong, all drawn from the seed.
 *
 * @param seed of the world
 * @param policy one of the stock policies or ablations
 * @param machine what the policy is told
 * @param blockSize tokens per block
 * @param blocks in device memory
 * @param hostBlocks in host memory
 * @param maxContext of the model
 * @param maxSequences of a step
 * @param limits of the loop
 * @param sessions what is kept of turns whose calls their callers run
 * @param maxRequests limit of the house
 * @param maxQueuedTokens limit of prompt tokens that wait
 * @param sheds whether who is late gives way
 * @param toolsAtOnce whether handlers run on the loop's own thread, as with an executor that runs its tasks at once
 * @param readersAtOnce whether subscribers do
 * @param brokenPredictor whether the predictor throws now and then
 * @param trouble share of requests with which something goes wrong
 */
record WorldSetup(long seed, String policy, Policies.Machine machine, int blockSize, int blocks, int hostBlocks,
        int maxContext, int maxSequences, LoopLimits limits, SessionRetention sessions, int maxRequests,
        long maxQueuedTokens, boolean sheds,
        boolean toolsAtOnce, boolean readersAtOnce, boolean brokenPredictor, double trouble) {
    /** Longer than any step that ends. */
    private static final Duration STEP_TIMEOUT = Duration.ofMillis(500);

    private static LoopLimits limits(SplittableRandom random) {
        return new LoopLimits(1 + random.nextInt(12), random.nextInt(4), few(random, 6), few(random, 4), 1_000,
                few(random, 16), STEP_TIMEOUT);
    }

    /** Times are short against those that tools take, and long. */
    private static SessionRetention sessions(SplittableRandom random) {
        if (random.nextInt(4) == 0) {
            return SessionRetention.OFF;
        }
        Duration shortest = Duration.ofMillis(random.nextInt(3) * 20);
        return new SessionRetention(few(random, 6), 1 + random.nextInt(3), shortest,
                shortest.plusMillis(random.nextInt(400)));
    }

    /** Half of the limits are out of reach. */
    private static int few(SplittableRandom random, int most) {
        return random.nextBoolean() ? Integer.MAX_VALUE : 1 + random.nextInt(most);
    }

    static WorldSetup of(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        List<String> policies = new ArrayList<>(Policies.names());
        policies.addAll(Policies.ablations());
        int blockSize = 1 << random.nextInt(4);
        int blocks = (blockSize == 1 ? 60 : 16) + random.nextInt(60);
        int batch = 1 + random.nextInt(random.nextBoolean() ? 8 : 48);
        CostModel costs = new CostModel(random.nextDouble(0.002), random.nextDouble(0.0005),
                random.nextInt(3) * random.nextDouble(1e-4));
        return new WorldSetup(seed, policies.get(random.nextInt(policies.size())),
                new Policies.Machine(batch, costs, 1 + random.nextInt(batch), (int) (seed & 3) * batch / 2), blockSize,
                blocks,
                random.nextBoolean() ? 0 : random.nextInt(80), Math.min(24 + random.nextInt(100), blocks * blockSize),
                1 + random.nextInt(12), limits(random), sessions(new SplittableRandom(seed * 13 + 5)),
                2 + random.nextInt(80),
                random.nextBoolean() ? Long.MAX_VALUE : 1 + random.nextInt(300), random.nextBoolean(),
                random.nextBoolean(), random.nextBoolean(), random.nextInt(8) == 0,
                random.nextInt(4) == 0 ? 0 : random.nextDouble(0.5));
    }
}
