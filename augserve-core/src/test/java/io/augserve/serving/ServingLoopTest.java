package io.augserve.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.augserve.engine.Sample;
import io.augserve.engine.Sequence;
import io.augserve.engine.StepOutcome;
import io.augserve.request.FinishReason;
import io.augserve.request.Generation;
import io.augserve.request.GenerationEvent;
import io.augserve.request.GenerationFailedException;
import io.augserve.request.GenerationRequest;
import io.augserve.request.GenerationResult;
import io.augserve.request.RequestRejectedException;
import io.augserve.request.SamplingOptions;
import io.augserve.predict.CostModel;
import io.augserve.schedule.Policies;
import io.augserve.schedule.RequestView;
import io.augserve.schedule.Scheduler;
import io.augserve.schedule.SchedulerView;
import io.augserve.schedule.StepPlan;
import io.augserve.serving.LoopHarness.Recorder;
import io.augserve.tool.Tool;
import io.augserve.tool.ToolCallContext;
import io.augserve.tool.ToolResult;
import io.augserve.tool.ToolSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class ServingLoopTest {
    private static final Tool DOUBLE = Tool.of("double", "twice", "{}", args -> args + args);

    /** Echoes a question; "tool x" calls double, twice for "tools x", and answers with what came back. */
    static String brain(String conversation) {
        List<String> results = conversation.lines().filter(line -> line.startsWith("R:")).map(line -> line.substring(2))
                .toList();
        String question = conversation.lines().filter(line -> line.startsWith("U:")).findFirst().orElse("U:")
                .substring(2);
        if (!results.isEmpty()) {
            return "got " + String.join(" and ", results);
        }
        if (question.startsWith("tool ")) {
            return "let me see[double:" + question.substring(5) + "]";
        }
        if (question.startsWith("tools ")) {
            return "[double:" + question.substring(6) + "][double:z]";
        }
        if (question.startsWith("call ")) {
            return "[" + question.substring(5) + "]";
        }
        return "you said " + question;
    }

    private final ToyEngine engine = new ToyEngine(64, 4, 200, ServingLoopTest::brain);

    @Test
    void answersAndStreams() {
        LoopHarness harness = new LoopHarness(engine);
        Generation generation = harness.submit("hello");
        Recorder recorder = Recorder.of(generation);
        harness.drain();
        GenerationResult result = harness.result(generation);
        assertThat(result.text()).isEqualTo("you said hello");
        assertThat(result.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(recorder.text()).isEqualTo("you said hello");
        assertThat(recorder.kinds()).containsExactly("TextPiece", "SegmentFinished", "Done");
        assertThat(recorder.completed).isTrue();
        assertThat(result.usage().promptTokens()).isEqualTo("U:hello\nA:".length());
        assertThat(result.usage().outputTokens()).isEqualTo("you said hello".length() + 1);
        assertThat(engine.kvCache().free()).isEqualTo(64);
        assertThat(harness.admission.inHouse()).isZero();
    }

    @Test
    void anEngineThatCannotTakeNoticeOfARequestServesIt() {
        ToyEngine unwilling = new ToyEngine(64, 4, 200, ServingLoopTest::brain) {
            @Override
            public void admitted(Sequence sequence) {
                super.admitted(sequence);
                throw new IllegalStateException("no room for another name");
            }
        };
        LoopHarness harness = new LoopHarness(unwilling);
        Generation generation = harness.submit("hello");
        harness.drain();
        assertThat(harness.result(generation).text()).isEqualTo("you said hello");
        assertThat(unwilling.known()).isZero();
    }

    @Test
    void timesAreThoseOfTheTicker() {
        LoopHarness harness = new LoopHarness(engine);
        engine.intercept(batch -> {
            harness.now += 10_000_000;
            return Optional.empty();
        });
        harness.now = 5_000_000;
        Generation generation = harness.submit("hi");
        harness.now += 3_000_000;
        harness.drain();
        var timing = harness.result(generation).timing();
        assertThat(timing.queue()).isEqualTo(Duration.ofMillis(3));
        // The prompt's 7 tokens fit one step of 10 ms.
        assertThat(timing.timeToFirstToken()).isEqualTo(Duration.ofMillis(13));
        // A step of 10 ms and the harness's cycle of 1 ms.
        assertThat(timing.meanInterToken()).isEqualTo(Duration.ofMillis(11));
        assertThat(timing.tools()).isZero();
        assertThat(timing.total()).isEqualTo(Duration.ofMillis(13 + 11 * "you said hi".length()));
    }

    @Test
    void callsAToolAndGoesOn() {
        LoopHarness harness = new LoopHarness(engine, DOUBLE);
        Generation generation = harness.submit("tool ab");
        Recorder recorder = Recorder.of(generation);
        harness.drain();
        GenerationResult result = harness.result(generation);
        assertThat(result.text()).isEqualTo("got abab");
        assertThat(result.segments()).hasSize(2);
        assertThat(result.segments().getFirst().text()).isEqualTo("let me see");
        assertThat(result.segments().getFirst().results()).containsExactly(ToolResult.of("abab"));
        assertThat(recorder.kinds()).containsExactly("TextPiece", "SegmentFinished", "ToolCallStarted",
                "ToolCallFinished", "TextPiece", "SegmentFinished", "Done");
        assertThat(recorder.text()).isEqualTo("let me seegot abab");
        assertThat(result.usage().toolResultTokens()).isEqualTo("\nR:abab\nA:".length());
        // The tool answered before the next plan could discard, so nothing is computed twice.
        assertThat(result.usage().recomputedTokens()).isZero();
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
    void vllmReusesWhatNobodyHasOverwritten() {
        ToyEngine small = new ToyEngine(14, 4, 56, ServingLoopTest::brain);
        LoopHarness harness = new LoopHarness(small, policy("vllm-v1"), 16, 100, DOUBLE);
        harness.toolsRunAtOnce = false;
        Generation generation = harness.submit("tool ab");
        harness.drain();
        // Prompt and first turn without its end token, 12 + 21 tokens: eight full blocks of four when it is discarded, six blank ones.
        // "U:hi\nA:you said hi" are 18 tokens, five blocks: nothing is overwritten.
        assertThat(answer(harness, "hi")).isEqualTo("you said hi");
        harness.toolTasks.remove().run();
        harness.drain();
        GenerationResult result = harness.result(generation);
        assertThat(result.text()).isEqualTo("got abab");
        assertThat(result.usage().reusedTokens()).isEqualTo(32);
        assertThat(result.usage().recomputedTokens()).isEqualTo(1);

        Generation another = harness.submit("tool cd");
        harness.drain();
        // 2 + 15 + 3 + 24 = 44 tokens computed, eleven blocks: five of the eight are gone.
        assertThat(answer(harness, "a long question")).isEqualTo("you said a long question");
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

    private static Scheduler policy(String name) {
        return Policies.create(name, new Policies.Machine(16, new CostModel(0.001, 0.0001, 0))).orElseThrow()
                .scheduler();
    }

    @Test
    void callsOfOneTurnAreOutTogether() {
        LoopHarness harness = new LoopHarness(engine, DOUBLE);
        harness.toolsRunAtOnce = false;
        Generation generation = harness.submit("tools q");
        harness.drain();
        assertThat(harness.toolTasks).hasSize(2);
        assertThat(harness.loop.stats().paused()).isEqualTo(1);
        List<Runnable> tasks = new ArrayList<>(harness.toolTasks);
        tasks.get(1).run();
        harness.drain();
        assertThat(harness.result(generation)).isNull();
        tasks.get(0).run();
        harness.drain();
        assertThat(harness.result(generation).text()).isEqualTo("got qq and zz");
        assertThat(harness.result(generation).timing().tools()).isPositive();
    }

    @Test
    void theModelReadsWhatWentWrong() {
        LoopHarness harness = new LoopHarness(engine, DOUBLE, Tool.of("boom", "", "{}", args -> {
            throw new IllegalStateException("no " + args);
        }), Tool.of(new ToolSpec("nothing", "", "{}"), (call, context) -> null),
                Tool.of(new ToolSpec("later", "", "{}"),
                        (call, context) -> CompletableFuture.failedFuture(new CompletionException(
                                new IllegalArgumentException("bad")))));
        assertThat(answer(harness, "call boom:luck")).isEqualTo("got error: no luck");
        assertThat(answer(harness, "call nothing:x")).isEqualTo("got error: the tool 'nothing' returned nothing");
        assertThat(answer(harness, "call later:x")).isEqualTo("got error: bad");
        assertThat(answer(harness, "call fly:x"))
                .isEqualTo("got error: there is no tool 'fly'; the tools are double, boom, nothing, later");
        assertThat(answer(harness, "call !")).isEqualTo("got error: expected name:arguments");
    }

    private static String answer(LoopHarness harness, String question) {
        Generation generation = harness.submit(question);
        harness.drain();
        return harness.result(generation).text();
    }

    @Test
    void aRefusingExecutorIsAnErrorForTheModel() {
        LoopHarness harness = new LoopHarness(engine, DOUBLE);
        harness.toolsAreRefused = true;
        assertThat(answer(harness, "tool a")).isEqualTo("got error: the tool 'double' could not be started");
    }

    @Test
    void aSlowToolTimesOutAndItsLateAnswerIsDropped() {
        CompletableFuture<ToolResult> slow = new CompletableFuture<>();
        List<ToolCallContext> contexts = new ArrayList<>();
        List<String> told = new ArrayList<>();
        LoopHarness harness = new LoopHarness(engine, Tool.of(new ToolSpec("double", "", "{}"), (call, context) -> {
            contexts.add(context);
            context.onCancel(() -> told.add("cancelled"));
            return slow;
        }).withTimeout(Duration.ofSeconds(2)));
        Generation generation = harness.submit("tool a");
        harness.drain();
        ToolCallContext context = contexts.getFirst();
        assertThat(context.remaining()).isLessThanOrEqualTo(Duration.ofSeconds(2)).isPositive();
        assertThat(context.idempotencyKey()).isEqualTo("augserve-1/0/0/double/ca978112ca1bbdca");
        harness.now += Duration.ofSeconds(2).toNanos();
        harness.drain();
        slow.complete(ToolResult.of("too late"));
        harness.drain();
        assertThat(harness.result(generation).text()).isEqualTo("got error: the tool 'double' timed out after 2000 ms");
        assertThat(context.isCancelled()).isTrue();
        assertThat(context.remaining()).isZero();
        assertThat(told).containsExactly("cancelled");
    }

    @Test
    void anAnswerGivenTwiceCountsOnce() {
        LoopHarness harness = new LoopHarness(engine, Tool.of(new ToolSpec("double", "", "{}"),
                (call, context) -> {
                    CompletableFuture<ToolResult> result = CompletableFuture.completedFuture(ToolResult.of("one"));
                    result.obtrudeValue(ToolResult.of("two"));
                    return result;
                }));
        assertThat(answer(harness, "tool a")).isEqualTo("got two");
    }

    @Test
    void requestsThatReturnWithTheirBlocksDoNotBlockEachOther() {
        // 16 blocks of 4 tokens; each request fills 5 when it pauses, and its tool answers before the next plan can discard.
        ToyEngine small = new ToyEngine(16, 4, 60, ServingLoopTest::brain);
        LoopHarness harness = new LoopHarness(small, DOUBLE);
        List<Generation> generations = List.of(harness.submit("call double:a"), harness.submit("call double:b"),
                harness.submit("call double:c"), harness.submit("call double:d"));
        harness.drain();
        assertThat(generations).extracting(generation -> harness.result(generation).text()).containsExactly("got aa",
                "got bb", "got cc", "got dd");
    }

    @Test
    void cancelWorksInEveryState() {
        LoopHarness harness = new LoopHarness(engine, DOUBLE);
        harness.toolsRunAtOnce = false;
        Generation queued = harness.submit("never seen");
        queued.cancel();
        harness.drain();
        assertThat(harness.result(queued).finishReason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(harness.result(queued).usage().outputTokens()).isZero();

        Generation running = harness.submit("a longer answer");
        Recorder recorder = Recorder.of(running);
        harness.cyclesUntil(() -> recorder.text().equals("you"));
        running.cancel();
        running.cancel();
        harness.drain();
        assertThat(harness.result(running).text()).isEqualTo("you");
        assertThat(recorder.kinds()).endsWith("Done");

        Generation paused = harness.submit("tool a");
        harness.drain();
        recorder.subscription.cancel();
        paused.cancel();
        harness.drain();
        assertThat(harness.result(paused).finishReason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(harness.result(paused).segments()).hasSize(1);
        harness.toolTasks.forEach(Runnable::run);
        paused.cancel();
        harness.drain();
        assertThat(engine.kvCache().free()).isEqualTo(64);
        assertThat(harness.loop.live()).isZero();
    }

    @Test
    void cancellingTheSubscriptionCancelsTheGeneration() {
        LoopHarness harness = new LoopHarness(engine);
        Generation generation = harness.submit("hello");
        Recorder recorder = Recorder.of(generation);
        harness.cyclesUntil(() -> recorder.text().length() >= 3);
        recorder.subscription.cancel();
        int seen = recorder.events.size();
        harness.drain();
        assertThat(harness.result(generation).finishReason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(recorder.events).hasSize(seen);
    }

    @Test
    void limitsEndWithLength() {
        LoopHarness harness = new LoopHarness(engine, DOUBLE);
        SamplingOptions five = SamplingOptions.builder().maxTokens(5).build();
        Generation short5 = harness.submit(GenerationRequest.chat("hello").sampling(five).build());
        // 200 tokens of context, 190 of them prompt.
        Generation full = harness.submit("x".repeat(185));
        // The call's markup is cut in two, so nothing is called.
        Generation cut = harness.submit(GenerationRequest.chat("call double:abc").sampling(five).build());
        harness.drain();
        assertThat(harness.result(short5).text()).isEqualTo("you s");
        assertThat(harness.result(short5).finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(harness.result(full).text()).isEqualTo("you said x");
        assertThat(harness.result(full).finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(harness.result(cut).finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(harness.result(cut).toolCalls()).isZero();
    }

    @Test
    void aToolResultThatFillsTheContextEndsWithLength() {
        LoopHarness harness = new LoopHarness(engine, Tool.of("double", "", "{}", args -> "y".repeat(300)));
        Generation generation = harness.submit("tool a");
        harness.drain();
        assertThat(harness.result(generation).finishReason()).isEqualTo(FinishReason.LENGTH);
        assertThat(engine.kvCache().free()).isEqualTo(64);
    }

    @Test
    void stopStringsAndTokensEndTheText() {
        LoopHarness harness = new LoopHarness(engine);
        Generation byString = harness.submit(GenerationRequest.chat("hello world")
                .sampling(SamplingOptions.builder().stopStrings("wor", "zzz").build()).build());
        Generation byToken = harness.submit(GenerationRequest.chat("hello world")
                .sampling(SamplingOptions.builder().stopTokens((int) 'w').build()).build());
        Recorder recorder = Recorder.of(byString);
        harness.drain();
        assertThat(harness.result(byString).text()).isEqualTo("you said hello ");
        assertThat(recorder.text()).isEqualTo("you said hello ");
        assertThat(harness.result(byString).finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(harness.result(byToken).text()).isEqualTo("you said hello ");
        assertThat(harness.result(byToken).finishReason()).isEqualTo(FinishReason.STOP);
    }

    @Test
    void preemptionChangesNothingButTheCounters() {
        // 12 blocks of 4 tokens for three requests of about 40 tokens each.
        ToyEngine small = new ToyEngine(12, 4, 200, ServingLoopTest::brain);
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
    void aFailedStepIsRepeatedWithoutLosingATokenAndThenFailsItsRequests() {
        LoopHarness harness = new LoopHarness(engine);
        engine.intercept(batch -> engine.steps() % 3 == 0
                ? Optional.of(new StepOutcome.Failed(new IllegalStateException("hiccup"), false))
                : Optional.empty());
        Generation generation = harness.submit("hello");
        harness.drain();
        assertThat(harness.result(generation).text()).isEqualTo("you said hello");

        engine.intercept(batch -> {
            throw new IllegalStateException("broken");
        });
        Generation doomed = harness.submit("hello");
        Recorder recorder = Recorder.of(doomed);
        harness.drain();
        assertThatThrownBy(doomed::join).hasCauseInstanceOf(GenerationFailedException.class)
                .hasMessageContaining("the engine failed 3 times in a row: broken");
        assertThat(recorder.failure).isInstanceOf(GenerationFailedException.class);
        assertThat(engine.kvCache().free()).isEqualTo(64);
        engine.intercept(batch -> Optional.empty());
        assertThat(answer(harness, "again")).isEqualTo("you said again");
    }

    @Test
    void tooFewSamplesCountAsAFailedStep() {
        LoopHarness harness = new LoopHarness(engine);
        engine.intercept(batch -> engine.steps() == 1
                ? Optional.of(new StepOutcome.Completed(List.of()))
                : Optional.empty());
        assertThat(answer(harness, "hello")).isEqualTo("you said hello");
    }

    @Test
    void aFaultOfOneRequestFailsItAlone() {
        LoopHarness harness = new LoopHarness(engine);
        Generation bad = harness.submit("bad");
        Generation good = harness.submit("good");
        engine.falsify(samples -> engine.steps() == 2
                ? List.of(new Sample.Fault("logits are not numbers"), samples.getLast())
                : samples);
        harness.drain();
        assertThatThrownBy(bad::join).hasMessageContaining("request 'augserve-1': logits are not numbers");
        assertThat(harness.result(good).finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(harness.result(good).text()).isEqualTo("you said good");
    }

    @Test
    void aFatalFailureEndsEverythingWithOneCause() {
        LoopHarness harness = new LoopHarness(engine);
        IllegalStateException cause = new IllegalStateException("device lost");
        engine.intercept(batch -> Optional.of(new StepOutcome.Failed(cause, true)));
        List<Generation> generations = List.of(harness.submit("a"), harness.submit("b"));
        harness.drain();
        for (Generation generation : generations) {
            assertThatThrownBy(generation::join).cause().cause().isSameAs(cause);
        }
        assertThatThrownBy(() -> harness.submit("c")).isInstanceOf(RequestRejectedException.class)
                .hasMessage("the server has failed: device lost")
                .extracting(e -> ((RequestRejectedException) e).reason())
                .isEqualTo(RequestRejectedException.Reason.CLOSED);
    }

    @Test
    void aDefectiveSchedulerIsFoundOut() {
        for (Scheduler broken : List.<Scheduler>of(
                view -> new StepPlan(List.of(new StepPlan.Grant(view.waiting().getFirst(), 1000)), List.of(),
                        List.of()),
                view -> new StepPlan(List.of(new StepPlan.Grant(view.waiting().getFirst(), 1),
                        new StepPlan.Grant(view.waiting().getFirst(), 1)), List.of(), List.of()),
                view -> new StepPlan(List.of(new StepPlan.Grant(view.waiting().getFirst(), 1, 4)), List.of(),
                        List.of()),
                view -> new StepPlan(List.of(new StepPlan.Grant(view.waiting().getFirst(), 1, -4)), List.of(),
                        List.of()),
                view -> new StepPlan(List.of(), List.of(view.waiting().getFirst()), List.of()), view -> {
                    throw new IllegalStateException("oops");
                })) {
            LoopHarness harness = new LoopHarness(new ToyEngine(8, 4, 100, ServingLoopTest::brain), broken, 16, 10);
            Generation generation = harness.submit("a");
            harness.drain();
            assertThatThrownBy(generation::join).hasMessageContaining("the scheduler failed");
            assertThat(harness.loop.failure()).isPresent();
        }
    }

    @Test
    void blocksMayComeBackOneByOneWithoutAGrant() {
        ToyEngine hosting = new ToyEngine(64, 4, 200, 64, ServingLoopTest::brain);
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

    @Test
    void theDoorRefusesWhatCannotBeServed() {
        LoopHarness harness = new LoopHarness(engine, Scheduler.fcfs(), 16, 1);
        assertThatThrownBy(() -> harness.submit("x".repeat(200))).hasMessage(
                "the prompt has 205 tokens: expected at most 199 (limit 10000, context 200, KV cache 256)");
        assertThatThrownBy(() -> harness.submit(GenerationRequest.tokens(1, 256).build()))
                .hasMessage("prompt token 1: expected an id below 256, got 256");
        Generation only = harness.submit("a");
        assertThatThrownBy(() -> harness.submit("b")).hasMessage("the limit of 1 requests is reached")
                .extracting(e -> ((RequestRejectedException) e).retryAfter())
                .isEqualTo(Optional.of(Duration.ofSeconds(1)));
        harness.drain();
        assertThat(harness.result(only)).isNotNull();
        harness.admission.close();
        assertThatThrownBy(() -> harness.submit("c")).hasMessage("the server is closed");
    }

    @Test
    void thePredictorIsAskedAndTold() {
        LoopHarness harness = new LoopHarness(engine, DOUBLE);
        harness.toolsRunAtOnce = false;
        Generation generation = harness.submit(GenerationRequest.chat("tool ab").kind("test").build());
        harness.cyclesUntil(() -> !harness.toolTasks.isEmpty());
        harness.now += 2_000_000_000L - 1_000_000;
        harness.toolTasks.remove().run();
        harness.drain();
        assertThat(harness.result(generation).text()).isEqualTo("got abab");
        assertThat(harness.predictor.calls).containsExactly("estimate test segment 0 tools []",
                "ended segment 0 after 22 tokens by calls", "estimate test segment 0 tools [double]",
                "returned from segment 0 [double] after 2.0 s with 10 tokens", "estimate test segment 1 tools []",
                "ended segment 1 after 9 tokens");
    }

    @Test
    void aBrokenPredictorHurtsNobody() {
        LoopHarness harness = new LoopHarness(engine, DOUBLE);
        harness.predictor.broken = true;
        assertThat(answer(harness, "tool ab")).isEqualTo("got abab");
    }

    @Test
    void eventsCarryTheTokens() {
        LoopHarness harness = new LoopHarness(engine);
        Generation generation = harness.submit("hi");
        Recorder recorder = Recorder.of(generation);
        harness.drain();
        List<Integer> tokens = recorder.events.stream().filter(GenerationEvent.TextPiece.class::isInstance)
                .flatMap(event -> ((GenerationEvent.TextPiece) event).tokens().stream()).map(token -> token.token())
                .toList();
        assertThat(tokens).isEqualTo(harness.result(generation).tokens().stream().map(token -> token.token()).toList())
                .endsWith(ToyEngine.END);
    }
}
