package io.augserve.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.engine.BlockLedger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class FcfsSchedulerProperties {
    @Property(seed = "2026")
    void everyPlanKeepsTheRules(@ForAll long seed, @ForAll @IntRange(min = 1, max = 20) int blockSize,
            @ForAll @IntRange(min = 1, max = 30) int capacity, @ForAll @IntRange(min = 1, max = 10) int maxRunning,
            @ForAll @IntRange(min = 1, max = 200) int budget, @ForAll boolean reuses) {
        Scheduler scheduler = scheduler(reuses);
        Random random = new Random(seed);
        BlockLedger ledger = new BlockLedger(blockSize, capacity);
        List<TestRequest> running = new ArrayList<>();
        List<TestRequest> waiting = new ArrayList<>();
        List<TestRequest> paused = new ArrayList<>();
        for (long id = 0; id < 12; id++) {
            int known = 1 + random.nextInt(capacity * blockSize);
            int held = random.nextInt(ledger.free() + 1);
            switch (random.nextInt(3)) {
                case 0 -> {
                    if (running.size() < maxRunning) {
                        running.add(TestRequest.running(id, known, Math.min(known - 1, held * blockSize)));
                    }
                }
                case 1 -> waiting.add(new TestRequest(id, RequestState.WAITING, known,
                        random.nextBoolean() ? 0 : Math.min(known - 1, held * blockSize)));
                default -> paused.add(TestRequest.paused(id, Math.min(known, held * blockSize)));
            }
            TestView.of(budget, maxRunning, ledger, running, waiting, paused);
        }
        TestView view = new TestView(budget, maxRunning, ledger, running, waiting, paused);
        view.tell(scheduler);
        PlanCheck.apply(scheduler.plan(view), view, ledger);
        if (!running.isEmpty()) {
            assertThat(ledger.held(running.get(0).id())).as("the oldest runs").isPositive();
        }
    }

    @Property(seed = "2026", tries = 300)
    void everyRequestEndsOnceArrivalsStop(@ForAll long seed, @ForAll @IntRange(min = 1, max = 16) int blockSize,
            @ForAll @IntRange(min = 1, max = 20) int capacity, @ForAll @IntRange(min = 1, max = 8) int maxRunning,
            @ForAll @IntRange(min = 1, max = 64) int maxBudget, @ForAll boolean reuses) {
        Random random = new Random(seed);
        BlockLedger ledger = new BlockLedger(blockSize, capacity);
        ToyServer server = new ToyServer(random, ledger, scheduler(reuses), maxRunning);
        for (int step = 0; step < 100; step++) {
            if (random.nextInt(4) == 0) {
                server.arrive();
            }
            server.step(1 + random.nextInt(maxBudget));
            server.returnTools(false);
        }
        for (int steps = 0; !server.idle(); steps++) {
            assertThat(steps).as("%s", server).isLessThan(200_000);
            boolean runnable = server.runnable();
            int done = server.step(1 + random.nextInt(maxBudget));
            assertThat(done > 0 || !runnable).as("moves on: %s", server).isTrue();
            server.returnTools(!server.runnable());
        }
        assertThat(ledger.free()).isEqualTo(capacity);
        assertThat(ledger.retired()).as("nothing is kept of those who left").isZero();
        assertThat(server.reused() == 0 || reuses).isTrue();
    }

    private static Scheduler scheduler(boolean reuses) {
        return reuses ? FcfsScheduler.reusing() : FcfsScheduler.recomputing();
    }
}
