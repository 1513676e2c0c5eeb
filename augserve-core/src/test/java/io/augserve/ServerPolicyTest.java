package io.augserve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.augserve.engine.BlockLedger;
import io.augserve.engine.StepOutcome;
import io.augserve.predict.CostModel;
import io.augserve.predict.IterationTime;
import io.augserve.profile.ProfilingException;
import io.augserve.profile.TimedEngine;
import io.augserve.request.FinishReason;
import io.augserve.request.GenerationRequest;
import io.augserve.request.SamplingOptions;
import io.augserve.schedule.BatchPolicy;
import io.augserve.schedule.Policies;
import io.augserve.schedule.Policy;
import io.augserve.schedule.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How a server comes by its scheduler and batch policy. */
@Timeout(60)
class ServerPolicyTest {
    private static final Policies.Machine MACHINE = new Policies.Machine(64, new CostModel(0.01, 0.001, 0));

    private final TimedEngine engine = TimedEngine.of(new IterationTime(10, 1, 0, 0, 0, 0, 0));

    private static void serves(AugServe server) {
        assertThat(server.submit(GenerationRequest.tokens(1, 2, 3)
                .sampling(SamplingOptions.builder().maxTokens(5).build()).build()).join().finishReason())
                .isEqualTo(FinishReason.LENGTH);
    }

    static List<String> names() {
        return Policies.names();
    }

    @ParameterizedTest
    @MethodSource("names")
    void everyStockPolicyServesByName(String name) {
        try (AugServe server = AugServe.builder(engine).ticker(engine).policy(name).build()) {
            serves(server);
        }
        assertThat(engine.alive()).isEmpty();
        assertThat(engine.isClosed()).isTrue();
    }

    @Test
    void aPolicyWithoutCostsMeasuresNothing() {
        AugServe.builder(engine).policy("fcfs").build().close();
        AugServe.builder(engine).build().close();
        AugServe.builder(engine).policy("augserve").machine(MACHINE).build().close();
        assertThat(engine.steps()).isZero();
        AugServe.builder(engine).ticker(engine).policy("augserve").build().close();
        assertThat(engine.steps()).isPositive();
    }

    @Test
    void anOwnPolicyIsMadeForTheMeasuredMachine() {
        List<Policies.Machine> machines = new ArrayList<>();
        AugServe.builder(engine).ticker(engine).policy(on -> {
            machines.add(on);
            return new Policy("own", Scheduler.fcfs(), BatchPolicy.fixed(on.saturationTokens()));
        }).build().close();
        Policies.Machine machine = machines.getFirst();
        assertThat(machine.maxBatchTokens()).isEqualTo(2_048);
        assertThat(machine.costs().fixedSeconds()).isBetween(0.0099, 0.0101);
        assertThat(machine.costs().secondsPerToken()).isBetween(0.00099, 0.00101);
        // 19/20 of 2048 / 2058 tokens per millisecond is reached by 173 tokens; but a step takes 256 sequences.
        assertThat(machine.saturationTokens()).isEqualTo(256);
        AugServe.builder(engine).policy(on -> {
            machines.add(on);
            return new Policy("own", Scheduler.fcfs(), BatchPolicy.fixed(1));
        }).machine(MACHINE).build().close();
        assertThat(machines).hasSize(2).endsWith(MACHINE);
    }

    @Test
    void anUnknownNameListsTheKnownOnes() {
        assertThatThrownBy(() -> AugServe.builder(engine).policy("fifo")).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("policy: expected one of " + String.join(", ", Policies.names()) + ", "
                        + String.join(", ", Policies.ablations()) + ", got 'fifo'");
    }

    @Test
    void aPolicyAndASchedulerExcludeOneAnother() {
        assertThatThrownBy(() -> AugServe.builder(engine).policy("augserve").scheduler(Scheduler.fcfs()).build())
                .isInstanceOf(IllegalStateException.class).hasMessage("expected a policy or a scheduler, got both");
        assertThat(engine.steps()).isZero();
        assertThat(engine.isClosed()).isFalse();
    }

    @Test
    void anOwnBatchPolicyReplacesThePolicys() {
        AtomicInteger asked = new AtomicInteger();
        try (AugServe server = AugServe.builder(engine).policy("augserve").machine(MACHINE).batchPolicy(view -> {
            asked.incrementAndGet();
            return 1;
        }).build()) {
            serves(server);
        }
        // Three prompt tokens and four of the five sampled ones, one a step.
        assertThat(asked.get()).isGreaterThanOrEqualTo(7);
        assertThat(engine.steps()).isEqualTo(7);
    }

    @Test
    void anEngineThatCannotBeMeasuredStaysTheCallers() {
        engine.intercept(step -> Optional.of(new StepOutcome.Failed(new IllegalStateException("no power"), true)));
        assertThatThrownBy(() -> AugServe.builder(engine).policy("augserve").build())
                .isInstanceOf(ProfilingException.class).hasMessageEndingWith("no power");
        assertThat(engine.isClosed()).isFalse();
        assertThat(engine.kvCache().free()).isEqualTo(engine.kvCache().capacity());
    }

    @Test
    void aTinyEngineIsMeasuredAndServed() {
        TimedEngine tiny = new TimedEngine(new IterationTime(10, 1, 0, 0, 0, 0, 0), new BlockLedger(4, 2), 8, 2, 1);
        try (AugServe server = AugServe.builder(tiny).ticker(tiny).policy("augserve").build()) {
            serves(server);
        }
    }
}
