package io.augserve.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.augserve.engine.BlockLedger;
import io.augserve.engine.StepOutcome;
import io.augserve.predict.CostModel;
import io.augserve.predict.IterationTime;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProfilerTest {
    /** An 8B model on a data-centre card: nothing but the steps of the profiler pass on its clock. */
    private static final IterationTime CARD = new IterationTime(12, 0.055, 0.006, 8e-5, 3e-6, 80, 0);

    private static EngineProfile measure(TimedEngine engine, Duration limit) {
        EngineProfile profile = Profiler.measure(engine, engine, limit);
        assertIsAsEmptyAsBefore(engine);
        return profile;
    }

    private static void assertIsAsEmptyAsBefore(TimedEngine engine) {
        assertThat(engine.kvCache().free()).isEqualTo(engine.kvCache().capacity());
        assertThat(engine.kvCache().hostFree()).isEqualTo(engine.kvCache().hostCapacity());
        assertThat(engine.alive()).isEmpty();
        assertThat(engine.seen()).allSatisfy(id -> assertThat(id).isNegative());
    }

    @Test
    void aLinearModelIsRecovered() {
        // Powers of two, so that a millisecond more or less would show.
        IterationTime truth = new IterationTime(1, 0.0625, 0.125, 0.0009765625, 0.0000152587890625, 0, 0);
        EngineProfile profile = measure(TimedEngine.of(truth), Duration.ofSeconds(1));
        IterationTime fitted = profile.iterationTime();
        assertThat(fitted.m0()).isZero();
        assertThat(fitted.a()).isCloseTo(1, within(1e-4));
        assertThat(fitted.b()).isCloseTo(0.0625, within(1e-5));
        assertThat(fitted.c()).isCloseTo(0.125, within(1e-4));
        assertThat(fitted.d()).isCloseTo(0.0009765625, within(1e-6));
        assertThat(fitted.e()).isCloseTo(0.0000152587890625, within(1e-8));
        assertThat(profile.error()).isLessThan(1e-5);
        assertThat(profile.swapSecondsPerToken()).isZero();
        assertThat(profile.steps()).allSatisfy(step -> assertThat(step.seconds()).isPositive());
    }

    @Test
    void aCardsHingeIsRecoveredInAFewSeconds() {
        EngineProfile profile = measure(TimedEngine.of(CARD), Duration.ofSeconds(3));
        IterationTime fitted = profile.iterationTime();
        assertThat(fitted.m0()).isEqualTo(80);
        assertThat(fitted.a()).isCloseTo(12, within(1e-3));
        assertThat(fitted.b()).isCloseTo(0.055, within(1e-4));
        assertThat(fitted.c()).isCloseTo(0.006, within(1e-4));
        assertThat(fitted.d()).isCloseTo(8e-5, within(1e-6));
        assertThat(fitted.e()).isCloseTo(3e-6, within(1e-7));
        assertThat(profile.machine().costs()).isEqualTo(new CostModel(fitted.a() / 1e3, fitted.b() / 1e3, 0));
    }

    @Test
    void onlyWhatCostsSomethingIsInTheModel() {
        EngineProfile profile = measure(TimedEngine.of(new IterationTime(5, 0.5, 0, 0, 0, 0, 0)),
                Duration.ofSeconds(2));
        IterationTime fitted = profile.iterationTime();
        assertThat(fitted.a()).isCloseTo(5, within(1e-6));
        assertThat(fitted.b()).isCloseTo(0.5, within(1e-6));
        assertThat(fitted).isEqualTo(new IterationTime(fitted.a(), fitted.b(), 0, 0, 0, 0, 0));
    }

    @Property(tries = 100)
    void mediansAndTheFitStandNoise(@ForAll @DoubleRange(min = 0.1, max = 20) double a,
            @ForAll @DoubleRange(min = 0.01, max = 1) double b, @ForAll @DoubleRange(max = 0.5) double c,
            @ForAll @IntRange(max = 100) int m0, @ForAll long seed) {
        Random random = new Random(seed);
        // Five percent up or down, and every tenth step is held up.
        TimedEngine engine = TimedEngine.of(new IterationTime(a, b, c, 1e-4, 1e-6, m0, 0))
                .noise(step -> 0.95 + 0.1 * random.nextDouble() + (random.nextInt(10) == 0 ? 1 : 0));
        EngineProfile profile = measure(engine, Duration.ofHours(1));
        assertThat(profile.error()).isLessThan(0.1);
        double truth = a + b * Math.max(0, 512 - m0);
        assertThat(profile.iterationTime().nanos(512, 0, 0, 0) / 1e6).isCloseTo(truth, within(0.2 * truth));
    }

    @Test
    void measuringEndsWithTheStepThatRunsWhenTheTimeIsOver() {
        TimedEngine engine = TimedEngine.of(new IterationTime(10, 0.1, 0, 0, 0, 0, 0));
        measure(engine, Duration.ofMillis(500));
        assertThat(engine.nanos()).isBetween(250_000_000L, 700_000_000L);
    }

    @Test
    void anEngineThatTakesSecondsForAStepGetsFourLoads() {
        TimedEngine engine = TimedEngine.of(new IterationTime(1_000, 500, 0, 0, 0, 0, 0));
        EngineProfile profile = measure(engine, Duration.ofSeconds(1));
        // A prefill of 4 tokens to warm up, then two such chunks and two decodes.
        assertThat(engine.steps()).isEqualTo(5);
        assertThat(profile.iterationTime().a()).isCloseTo(1_000, within(1e-3));
        assertThat(profile.iterationTime().b()).isCloseTo(500, within(1e-3));
    }

    @Test
    void aClockThatStandsStillEndsIt() {
        TimedEngine engine = TimedEngine.of(CARD);
        EngineProfile profile = Profiler.measure(engine, () -> 0, Duration.ofSeconds(1));
        assertThat(profile.iterationTime().a()).isPositive();
        assertIsAsEmptyAsBefore(engine);
    }

    @ParameterizedTest
    @CsvSource({"1, 1, 1, 1, 1", "1, 1, 100, 64, 4", "1, 3, 100, 64, 4", "16, 2, 100, 64, 4", "4, 5, 1000, 1, 1",
            "16, 100, 2, 64, 4",
            "16, 100, 9, 512, 256", "16, 100, 1000, 1, 256", "16, 100, 1000, 3, 1", "1, 70, 10000, 7, 3",
            "16, 1000, 10000, 512, 1"})
    void whatThereIsNoRoomForIsLeftOut(int blockSize, int blocks, int maxContext, int maxBatchTokens,
            int maxSequences) {
        TimedEngine engine = new TimedEngine(new IterationTime(2, 0.25, 0, 0, 0, 0, 0),
                new BlockLedger(blockSize, blocks), maxContext, maxBatchTokens, maxSequences);
        EngineProfile profile = measure(engine, Duration.ofSeconds(1));
        assertThat(profile.error()).isLessThan(1e-6);
        assertThat(profile.machine().saturationTokens()).isBetween(1, maxBatchTokens);
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "7", "30", "61"})
    void afterAStepThatFailsNothingIsHeld(int failing) {
        IOException cause = new IOException("no power");
        for (boolean throwing : new boolean[]{true, false}) {
            TimedEngine engine = new TimedEngine(CARD, new BlockLedger(16, 1000, 100), 10_000, 2_048, 256)
                    .intercept(step -> {
                        if (step < failing) {
                            return Optional.empty();
                        }
                        if (throwing) {
                            throw new IllegalStateException("no power");
                        }
                        return Optional.of(new StepOutcome.Failed(cause, false));
                    });
            assertThatThrownBy(() -> Profiler.measure(engine, engine, Duration.ofSeconds(60)))
                    .isInstanceOf(ProfilingException.class).hasMessageStartingWith("the engine failed to run a step of")
                    .hasMessageEndingWith("no power");
            assertThat(engine.steps()).isEqualTo(failing);
            assertIsAsEmptyAsBefore(engine);
        }
    }

    @Test
    void theHostDeviceRateIsMeasured() {
        TimedEngine engine = new TimedEngine(CARD, new BlockLedger(16, 1000, 10), 10_000, 2_048, 256)
                .swapNanosPerBlock(32_000);
        EngineProfile profile = measure(engine, Duration.ofSeconds(1));
        // 32 us for a block of 16 tokens.
        assertThat(profile.swapSecondsPerToken()).isCloseTo(2e-6, within(1e-12));
        assertThat(profile.machine().costs().swapSecondsPerToken()).isEqualTo(profile.swapSecondsPerToken());
        assertThat(profile.hostBlocks()).isEqualTo(10);
    }

    @Test
    void sequencesOfTwoMeasurementsHaveDifferentIds() {
        TimedEngine engine = TimedEngine.of(CARD);
        measure(engine, Duration.ofMillis(100));
        // The engine fails on a sequence that has ended before.
        measure(engine, Duration.ofMillis(100));
    }

    @Test
    void anEngineThatServesIsRefused() {
        TimedEngine engine = TimedEngine.of(CARD);
        engine.kvCache().reserve(1, 20);
        assertThatThrownBy(() -> Profiler.measure(engine)).isInstanceOf(IllegalStateException.class)
                .hasMessage("an engine is measured before it serves: expected 10000 free KV blocks, got 9998");
        assertThatThrownBy(() -> Profiler.measure(engine, engine, Duration.ZERO))
                .hasMessage("limit: expected > 0, got PT0S");
        assertThat(engine.steps()).isZero();
    }
}
