package io.augserve.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.engine.BlockLedger;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** The least of a server that a scheduler needs: it carries out plans, samples, pauses and resumes at random. */
final class ToyServer {
    private final Random random;
    private final BlockLedger ledger;
    private final Scheduler scheduler;
    private final int maxRunning;
    private final int maxContext;
    private final List<Request> running = new ArrayList<>();
    private final List<Request> waiting = new ArrayList<>();
    private final List<Request> paused = new ArrayList<>();
    private long arrived;
    private long reused;

    ToyServer(Random random, BlockLedger ledger, Scheduler scheduler, int maxRunning) {
        this.random = random;
        this.scheduler = scheduler;
        this.ledger = ledger;
        this.maxRunning = maxRunning;
        this.maxContext = ledger.capacity() * ledger.blockSize();
    }

    /** A request with a random prompt and a random output, which together fit into the cache. */
    void arrive() {
        Request request = new Request(arrived++, ledger);
        request.known = 1 + random.nextInt(maxContext);
        request.end = Math.min(maxContext, request.known + 1 + random.nextInt(20));
        waiting.add(request);
        scheduler.arrived(request, 0);
    }

    /** Plans and carries out one step; returns tokens computed plus requests that lost their KV. */
    int step(int budget) {
        TestView view = new TestView(budget, maxRunning, ledger, List.copyOf(running), List.copyOf(waiting),
                List.copyOf(paused));
        StepPlan plan = scheduler.plan(view);
        PlanCheck.apply(plan, view, ledger);
        for (RequestView lost : plan.discarded()) {
            ((Request) lost).computed = 0;
        }
        for (RequestView lost : plan.preempted()) {
            Request request = (Request) lost;
            request.computed = 0;
            running.remove(request);
            request.state = RequestState.WAITING;
            waiting.add(0, request);
            scheduler.preempted(request, 0);
        }
        for (StepPlan.Grant grant : plan.grants()) {
            compute((Request) grant.request(), grant.reused() + grant.tokens());
            reused += grant.reused();
        }
        return plan.tokens() + plan.preempted().size() + plan.discarded().size();
    }

    private void compute(Request request, int tokens) {
        if (request.state == RequestState.WAITING) {
            move(request, RequestState.RUNNING, waiting, running);
        }
        request.computed += tokens;
        if (request.computed < request.known) {
            return;
        }
        request.known++;
        if (request.known > request.end) {
            running.remove(request);
            ledger.release(request.id);
            scheduler.ended(request, 0);
        } else if (random.nextInt(8) == 0) {
            move(request, RequestState.PAUSED, running, paused);
            scheduler.paused(request, 0);
        }
    }

    /** Lets tools return, some of them before the next plan sees that they were out. */
    void returnTools(boolean all) {
        for (Request request : List.copyOf(paused)) {
            if (all || random.nextInt(3) == 0) {
                request.known = Math.min(request.end, request.known + random.nextInt(10));
                move(request, RequestState.WAITING, paused, waiting);
                scheduler.returned(request, 0);
            }
        }
    }

    private static void move(Request request, RequestState state, List<Request> from, List<Request> to) {
        assertThat(from.remove(request)).isTrue();
        request.state = state;
        to.add(request);
    }

    /** Tokens that were taken from the cache so far. */
    long reused() {
        return reused;
    }

    boolean idle() {
        return running.isEmpty() && waiting.isEmpty() && paused.isEmpty();
    }

    boolean runnable() {
        return !running.isEmpty() || !waiting.isEmpty();
    }

    @Override
    public String toString() {
        return "running " + running + ", waiting " + waiting + ", paused " + paused + ", " + ledger.free() + " of "
                + ledger.capacity() + " blocks free";
    }

    /** A request that lives. */
    private static final class Request implements PlainView {
        final long id;
        private final BlockLedger ledger;
        RequestState state = RequestState.WAITING;
        int known;
        int computed;
        int end;

        Request(long id, BlockLedger ledger) {
            this.id = id;
            this.ledger = ledger;
        }

        @Override
        public int reusableTokens() {
            return ledger.reusable(id) * ledger.blockSize();
        }

        @Override
        public String toString() {
            return id + ":" + computed + "/" + known + "/" + end;
        }

        @Override
        public long id() {
            return id;
        }

        @Override
        public RequestState state() {
            return state;
        }

        @Override
        public int knownTokens() {
            return known;
        }

        @Override
        public int computedTokens() {
            return computed;
        }
    }
}
