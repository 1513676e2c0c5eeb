package io.augserve.serving;

import static io.augserve.serving.EchoModel.DOUBLE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.augserve.engine.StepOutcome;
import io.augserve.predict.CostModel;
import io.augserve.request.Generation;
import io.augserve.request.GenerationResult;
import io.augserve.schedule.Policies;
import io.augserve.schedule.RequestView;
import io.augserve.schedule.Scheduler;
import io.augserve.schedule.SchedulerView;
import io.augserve.schedule.StepPlan;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What becomes of contexts: discarded, preempted, swapped, reused; nobody's answer changes. */
class ContextMemoryTest {
    private final ToyEngine engine = EchoModel.engine();

    private static Scheduler policy(String name) {
        return Policies.create(name, new Policies.Machine(16, new CostModel(0.001, 0.0001, 0))).orElseThrow()
                .scheduler();
    }

    @Test
    void fcfsDiscardsWhatPauses() {
        LoopHarness harness = new LoopHarness(engine, DOUBLE);
        harness.toolsRunAtOnce = false;
        Generation generation = harness.submit("tool ab");
        harness.cyclesUntil(() -> !harness.toolTasks.isEmpty());
        Generation other = harness.submit("hi");
        harness.drain();
        assertThat(engine.kvCache().free()).isEqualTo(64);
        harness.toolTasks.remove().run();
        harness.drain();
        assertThat(harness.result(other).text()).isEqualTo("you said hi");
        assertThat(harness.result(generation).text()).isEqualTo("got abab");
        // The prompt and the first turn; its end token was never computed before.
        assertThat(harness.result(generation).usage().recomputedTokens())
                .isEqualTo("U:tool ab\nA:".length() + "let me see[double:ab]".length());
    }

    @Test
    void preemptionChangesNothingButTheCounters() {
        // 12 blocks of 4 tokens for three requests of about 40 tokens each.
        ToyEngine small = new ToyEngine(12, 4, 200, EchoModel::turn);
        LoopHarness harness = new LoopHarness(small);
        List<Generation> generations = List.of(harness.submit("first question"), harness.submit("second question"),
                harness.submit("third question"));
        harness.drain();
        int preemptions = 0;
        for (int i = 0; i < 3; i++) {
            GenerationResult result = harness.result(generations.get(i));
            assertThat(result.text()).isEqualTo("you said " + List.of("first", "second", "third").get(i) + " question");
            preemptions += result.usage().preemptions();
        }
        assertThat(preemptions).isPositive();
        assertThat(harness.result(generations.getFirst()).usage().preemptions()).isZero();
    }

    @Test
    void requestsThatReturnWithTheirBlocksDoNotBlockEachOther() {
        // 16 blocks of 4 tokens; each request fills 5 when it pauses, and its tool answers before the next plan can discard.
        ToyEngine small = new ToyEngine(16, 4, 60, EchoModel::turn);
        LoopHarness harness = new LoopHarness(small, DOUBLE);
        List<Generation> generations = List.of(harness.submit("call double:a"), harness.submit("call double:b"),
                harness.submit("call double:c"), harness.submit("call double:d"));
        harness.drain();
        assertThat(generations).extracting(generation -> harness.result(generation).text()).containsExactly("got aa",
                "got bb", "got cc", "got dd");
    }

    @Test
    void blocksMayComeBackOneByOneWithoutAGrant() {
        ToyEngine hosting = new ToyEngine(64, 4, 200, 64, EchoModel::turn);
        Scheduler backAndForth = view -> {
            if (view.running().isEmpty()) {
                RequestView request = view.waiting().getFirst();
                int hosted = view.kvCache().hostHeld(request.id());
                List<StepPlan.Swap> back = hosted == 0 ? List.of() : List.of(new StepPlan.Swap(request, 1));
                return new StepPlan(hosted > 1 ? List.of() : List.of(new StepPlan.Grant(request, 1)), List.of(),
                        List.of(), List.of(), back);
            }
            RequestView request = view.running().getFirst();
            // All but the first block, so that it is in both memories at once.
            int out = request.computedTokens() % 4 == 0 ? view.kvCache().held(request.id()) - 1 : 0;
            return out > 0
                    ? new StepPlan(List.of(), List.of(), List.of(), List.of(new StepPlan.Swap(request, out)), List.of())
                    : new StepPlan(List.of(new StepPlan.Grant(request, 1)), List.of(), List.of());
        };
        LoopHarness harness = new LoopHarness(hosting, backAndForth, 16, 10);
        Generation generation = harness.submit("hello");
        harness.drain();
        GenerationResult result = harness.result(generation);
        assertThat(result.text()).isEqualTo("you said hello");
        assertThat(result.usage().swappedTokens()).isGreaterThan(4 * 4);
        assertThat(result.usage().recomputedTokens()).isZero();
        assertThat(hosting.kvCache().free()).isEqualTo(64);
        assertThat(hosting.kvCache().hostFree()).isEqualTo(64);
    }

    @Test
    void vllmReusesWhatNobodyHasOverwritten() {
        ToyEngine small = new ToyEngine(14, 4, 56, EchoModel::turn);
        LoopHarness harness = new LoopHarness(small, policy("vllm-v1"), 16, 100, DOUBLE);
        harness.toolsRunAtOnce = false;
        Generation generation = harness.submit("tool ab");
        harness.drain();
        // Prompt and first turn without its end token, 12 + 21 tokens: eight full blocks of four when it is discarded, six blank ones.
        // "U:hi\nA:you said hi" are 18 tokens, five blocks: nothing is overwritten.
        assertThat(harness.answer("hi")).isEqualTo("you said hi");
        harness.toolTasks.remove().run();
        harness.drain();
        GenerationResult result = harness.result(generation);
        assertThat(result.text()).isEqualTo("got abab");
        assertThat(result.usage().reusedTokens()).isEqualTo(32);
        assertThat(result.usage().recomputedTokens()).isEqualTo(1);

        Generation another = harness.submit("tool cd");
        harness.drain();
        // 2 + 15 + 3 + 24 = 44 tokens computed, eleven blocks: five of the eight are gone.
        assertThat(harness.answer("a long question")).isEqualTo("you said a long question");
        harness.toolTasks.remove().run();
        harness.drain();
        assertThat(harness.result(another).text()).isEqualTo("got cdcd");
        assertThat(harness.result(another).usage().reusedTokens()).isEqualTo(12);
        assertThat(harness.result(another).usage().recomputedTokens()).isEqualTo(33 - 12);
    }

    @Test
    void whatAFailedStepWroteIsNotReused() {
        LoopHarness harness = new LoopHarness(engine, policy("vllm-v1"), 16, 100);
        engine.intercept(batch -> engine.steps() == 12
                ? Optional.of(new StepOutcome.Failed(new IllegalStateException("hiccup"), false))
                : Optional.empty());
        Generation generation = harness.submit("hello");
        harness.drain();
        assertThat(harness.result(generation).text()).isEqualTo("you said hello");
        assertThat(harness.result(generation).usage().reusedTokens()).isZero();
        // Ten prompt tokens in one step and one in each of the ten that followed.
        assertThat(harness.result(generation).usage().recomputedTokens()).isEqualTo(20);
    }

    @Test
    void aPlanReusesWholeBlocksThatAreThere() {
        for (int reused : new int[]{2, 36}) {
            Scheduler vllm = policy("vllm-v1");
            LoopHarness harness = new LoopHarness(engine, new Scheduler() {
                @Override
                public StepPlan plan(SchedulerView view) {
                    StepPlan plan = vllm.plan(view);
                    return plan.grants().stream().allMatch(grant -> grant.reused() == 0)
                            ? plan
                            : new StepPlan(List.of(new StepPlan.Grant(plan.grants().getFirst().request(), 1, reused)),
                                    List.of(), List.of());
                }

                @Override
                public void paused(RequestView request, long now) {
                    vllm.paused(request, now);
                }
            }, 16, 10, DOUBLE);
            harness.toolsRunAtOnce = false;
            Generation generation = harness.submit("tool ab");
            harness.submit("keeps the loop planning");
            harness.drain();
            harness.toolTasks.remove().run();
            harness.drain();
            assertThatThrownBy(generation::join).cause().hasMessageContaining(
                    "the plan reuses " + reused + " tokens").hasMessageContaining(
                            "expected whole blocks of 4, at most 32 tokens");
        }
    }
}
