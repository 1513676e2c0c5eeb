package io.augserve.simulation;

import static java.util.Objects.requireNonNull;

import io.augserve.engine.EngineSpec;
import io.augserve.predict.IterationTime;
import io.augserve.profile.EngineProfile;
import io.augserve.request.ServiceLevel;
import io.augserve.schedule.Policies;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A model on a machine, as far as scheduling can tell: how long iterations take and what memory there is.
 *
 * @param name model and machine, such as {@code llama3.1-8b@rtx4090}
 * @param iterationTime the cost of an iteration
 * @param kvTokens tokens that the KV cache on the device holds; at least one block
 * @param blockSize tokens per block; at least 1
 * @param kvBytesPerToken bytes of keys and values of one token over all layers; at least 1
 * @param hostBytes host memory for contexts that are swapped out; at least 0
 * @param pcieBytesPerSecond host-device rate in one direction; positive
 * @param maxBatchTokens most tokens of one iteration; at least 1
 * @param maxSequences most sequences of one iteration; at least 1
 * @param source where the numbers come from and how far to trust them
 */
public record HardwareProfile(String name, IterationTime iterationTime, int kvTokens, int blockSize,
        long kvBytesPerToken, long hostBytes, double pcieBytesPerSecond, int maxBatchTokens, int maxSequences,
        String source) {
    private static final int REFERENCE_SEQUENCES = 32;
    private static final int REFERENCE_CONTEXT = 1_000;
    private static final Duration OBJECTIVE_FIRST_TOKEN = Duration.ofSeconds(1);
    private static final int OBJECTIVE_ITERATIONS = 10;
    private static final long NOMINAL_BYTES = 1_000;
    /** Seconds per token where nothing is ever swapped. */
    private static final double NOMINAL_SWAP = 1e-6;

    /**
     * @throws IllegalArgumentException if a number is out of its range
     */
    public HardwareProfile {
        Require.notBlank("name", name);
        requireNonNull(iterationTime, "iterationTime");
        Require.atLeast("blockSize", blockSize, 1);
        Require.atLeast("kvTokens", kvTokens, blockSize);
        Require.atLeast("kvBytesPerToken", kvBytesPerToken, 1);
        Require.atLeast("hostBytes", hostBytes, 0);
        Require.positive("pcieBytesPerSecond", pcieBytesPerSecond);
        Require.atLeast("maxBatchTokens", maxBatchTokens, 1);
        Require.atLeast("maxSequences", maxSequences, 1);
        requireNonNull(source, "source");
    }

    /** The profile of that name, one of {@link #names()}; empty if there is none. */
    public static Optional<HardwareProfile> builtin(String name) {
        return BuiltinProfiles.ALL.stream().filter(profile -> profile.name().equals(name)).findFirst();
    }

    /**
     * An engine as it was measured. Engines count KV in tokens, not in bytes, and only ratios of bytes matter to a simulation; so a token
     * is taken to be {@value #NOMINAL_BYTES} bytes.
     */
    public static HardwareProfile of(EngineProfile measured) {
        EngineSpec engine = measured.engine();
        double swap = measured.swapSecondsPerToken();
        return new HardwareProfile(engine.model(), measured.iterationTime(), measured.kvBlocks() * measured.blockSize(),
                measured.blockSize(), NOMINAL_BYTES,
                (long) measured.hostBlocks() * measured.blockSize() * NOMINAL_BYTES,
                NOMINAL_BYTES / (swap > 0 ? swap : NOMINAL_SWAP), engine.maxBatchTokens(), engine.maxSequences(),
                String.format(Locale.ROOT, "Measured through the engine's SPI, %d loads, mean error %.1f%%; "
                        + "bytes are nominal.", measured.steps().size(), 100 * measured.error()));
    }

    /** Names of the built-in profiles: those of the AugServe paper first, then the validated and measured ones. */
    public static List<String> names() {
        return BuiltinProfiles.ALL.stream().map(HardwareProfile::name).toList();
    }

    /** Whole blocks of the KV cache on the device. */
    public int kvBlocks() {
        return kvTokens / blockSize;
    }

    /** Whole blocks that fit into {@link #hostBytes()}. */
    public long hostBlocks() {
        return hostBytes / kvBytesPerToken / blockSize;
    }

    /** Seconds to move the keys and values of one token between device and host, in one direction. */
    public double swapSecondsPerToken() {
        return kvBytesPerToken / pcieBytesPerSecond;
    }

    /** Time of an iteration that decodes 32 sequences of 1,000 tokens each and nothing else, overhead included. */
    public Duration referenceDecodeIteration() {
        return Duration.ofNanos(
                iterationTime.nanos(0, REFERENCE_SEQUENCES, (long) REFERENCE_SEQUENCES * REFERENCE_CONTEXT, 0));
    }

    /**
     * The objective that experiments use on this machine: the first token within one second and a normalized latency of
     * at most ten reference decode iterations per token.
     */
    public ServiceLevel serviceLevel() {
        return new ServiceLevel(OBJECTIVE_FIRST_TOKEN, referenceDecodeIteration().multipliedBy(OBJECTIVE_ITERATIONS));
    }

    /** What schedulers know of this machine: the linear part of its iteration time, its transfers, and T_max. */
    public Policies.Machine machine() {
        return Policies.Machine.of(iterationTime, swapSecondsPerToken(), maxBatchTokens, maxSequences);
    }

    /** This machine with another iteration time, for example without the engine's overhead. */
    public HardwareProfile withIterationTime(IterationTime value) {
        return new HardwareProfile(name, value, kvTokens, blockSize, kvBytesPerToken, hostBytes, pcieBytesPerSecond,
                maxBatchTokens, maxSequences, source);
    }

    /** This machine with room for another number of tokens in the KV cache. */
    public HardwareProfile withKvTokens(int value) {
        return new HardwareProfile(name, iterationTime, value, blockSize, kvBytesPerToken, hostBytes,
                pcieBytesPerSecond, maxBatchTokens, maxSequences, source);
    }

    /** This machine with other limits of one iteration. */
    public HardwareProfile withLimits(int batchTokens, int sequences) {
        return new HardwareProfile(name, iterationTime, kvTokens, blockSize, kvBytesPerToken, hostBytes,
                pcieBytesPerSecond, batchTokens, sequences, source);
    }
}
