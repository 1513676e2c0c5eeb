package io.augserve.onnx;

import io.augserve.engine.KvCache;
import io.augserve.schedule.RequestView;
import io.augserve.schedule.Scheduler;
import io.augserve.schedule.SchedulerView;
import io.augserve.schedule.StepPlan;
import io.augserve.tool.Tool;
import io.augserve.tool.ToolResult;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * Plans whatever a scheduler is allowed to plan, at random from a seed: any order, any subset, any chunk size, any part of
 * what could be reused, and preemptions, discards and swaps for no reason, sometimes of a request that is granted tokens in
 * the same step.
 *
 * <p>It makes runs repeatable. Nothing is planned before all requests are there; tools made by {@link #heldBack} answer
 * when the scheduler lets them, between two steps; and a request with priority {@link #BYSTANDER} is never granted
 * anything, so that the scheduler is asked even while all others wait for tools. The server must run tools on the loop's
 * thread ({@code Runnable::run}).
 */
final class RandomScheduler implements Scheduler {
    /** The priority of a request that waits for ever. */
    static final int BYSTANDER = -1;
    /** Once in so many steps a request loses its KV for no reason; more often, and long ones would hardly get on. */
    private static final int RARELY = 48;

    private final Random random;
    private final int requests;
    private final List<Runnable> answers = new ArrayList<>();
    private boolean begun;
    private volatile int preemptions;
    private volatile int discards;
    private volatile int swaps;
    private volatile int reused;

    /** @param requests how many to wait for, bystanders included */
    RandomScheduler(long seed, int requests) {
        this.random = new Random(seed);
        this.requests = requests;
    }

    /** The same tool, whose answers stay away until the scheduler draws them. */
    Tool heldBack(Tool tool) {
        return new Tool(tool.spec(), (call, context) -> {
            ToolResult ready = tool.handler().call(call, context).toCompletableFuture().join();
            CompletableFuture<ToolResult> answer = new CompletableFuture<>();
            answers.add(() -> answer.complete(ready));
            return answer;
        }, tool.timeout());
    }

    /** Running requests that lost their KV so far. */
    int preemptions() {
        return preemptions;
    }

    /** Paused and waiting requests that lost their KV so far. */
    int discards() {
        return discards;
    }

    /** Blocks that moved so far. */
    int swaps() {
        return swaps;
    }

    /** Tokens that were not computed because they were in the cache. */
    int reused() {
        return reused;
    }

    @Override
    public StepPlan plan(SchedulerView view) {
        begun |= view.waiting().size() >= requests;
        if (!begun) {
            return StepPlan.EMPTY;
        }
        if (!answers.isEmpty() && chance(8)) {
            answers.remove(random.nextInt(answers.size())).run();
        }
        StepPlan plan = new Pass(view).plan();
        preemptions += plan.preempted().size();
        discards += plan.discarded().size();
        swaps += Stream.concat(plan.swapOuts().stream(), plan.swapIns().stream()).mapToInt(StepPlan.Swap::blocks).sum();
        reused += plan.grants().stream().mapToInt(StepPlan.Grant::reused).sum();
        return plan;
    }

    private boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    /** One plan in the making. */
    private final class Pass {
        private final List<StepPlan.Grant> grants = new ArrayList<>();
        private final List<RequestView> preempted = new ArrayList<>();
        private final List<RequestView> discarded = new ArrayList<>();
        private final List<StepPlan.Swap> swapOuts = new ArrayList<>();
        private final List<StepPlan.Swap> swapIns = new ArrayList<>();
        private final SchedulerView view;
        private final KvCache kv;
        private final List<RequestView> candidates = new ArrayList<>();
        private int budget;
        private int free;
        private int hostFree;
        /** Whether a request could not be granted tokens for want of blocks. */
        private boolean starved;

        Pass(SchedulerView view) {
            this.view = view;
            this.kv = view.kvCache();
            this.budget = random.nextBoolean() ? view.tokenBudget() : 1 + random.nextInt(view.tokenBudget());
            this.free = kv.free();
            this.hostFree = kv.hostFree();
            candidates.addAll(view.running());
            view.waiting().stream().filter(request -> request.priority() != BYSTANDER).forEach(candidates::add);
            Collections.shuffle(candidates, random);
        }

        StepPlan plan() {
            preempt(RARELY);
            discard(4);
            swapOut(view.running(), RARELY);
            swapOut(view.waiting(), 4);
            swapOut(view.paused(), 4);
            swapIn(view.waiting());
            swapIn(view.paused());
            candidates.forEach(this::maybeGrant);
            if (grants.isEmpty() && starved) {
                // What others hold is what is missing; whoever comes first in the next steps takes it.
                preempt(2);
                discard(2);
            }
            List<StepPlan.NextUse> nextUses = Stream
                    .of(view.waiting(), view.paused(), preempted, discarded).flatMap(Collection::stream)
                    .filter(request -> chance(4))
                    .map(request -> new StepPlan.NextUse(request, random.nextInt(9))).toList();
            return new StepPlan(grants, preempted, discarded, swapOuts, swapIns, nextUses);
        }

        private void preempt(int oneIn) {
            take(view.running(), oneIn, preempted);
        }

        private void discard(int oneIn) {
            take(view.waiting(), oneIn, discarded);
            take(view.paused(), oneIn, discarded);
        }

        private void take(Collection<? extends RequestView> requests, int oneIn, List<RequestView> taken) {
            for (RequestView request : requests) {
                if (kv.held(request.id()) > 0 && !lost(request) && !moves(request) && !granted(request)
                        && chance(oneIn)) {
                    taken.add(request);
                    free += kv.exclusive(request.id());
                    hostFree += kv.hostHeld(request.id());
                }
            }
        }

        private void swapOut(Collection<? extends RequestView> requests, int oneIn) {
            for (RequestView request : requests) {
                int most = Math.min(kv.exclusive(request.id()), hostFree);
                if (most > 0 && !lost(request) && chance(oneIn)) {
                    int blocks = 1 + random.nextInt(most);
                    swapOuts.add(new StepPlan.Swap(request, blocks));
                    free += blocks;
                    hostFree -= blocks;
                }
            }
        }

        private void swapIn(Collection<? extends RequestView> requests) {
            for (RequestView request : requests) {
                int most = Math.min(kv.hostHeld(request.id()), free);
                if (most > 0 && !lost(request) && !moves(request) && chance(2)) {
                    int blocks = random.nextBoolean() ? most : 1 + random.nextInt(most);
                    swapIns.add(new StepPlan.Swap(request, blocks));
                    free -= blocks;
                }
            }
        }

        private boolean moves(RequestView request) {
            return blocksIn(swapOuts, request) + blocksIn(swapIns, request) > 0;
        }

        private int blocksIn(List<StepPlan.Swap> swaps, RequestView request) {
            return swaps.stream().filter(swap -> swap.request() == request).mapToInt(StepPlan.Swap::blocks).sum();
        }

        private boolean granted(RequestView request) {
            return grants.stream().anyMatch(grant -> grant.request() == request);
        }

        private boolean lost(RequestView request) {
            return preempted.contains(request) || discarded.contains(request);
        }

        private void maybeGrant(RequestView request) {
            if (budget == 0 || chance(8) || (!keepsRunning(request) && room() == 0)) {
                return;
            }
            int returning = blocksIn(swapIns, request);
            if (!lost(request) && (kv.hostHeld(request.id()) > returning || blocksIn(swapOuts, request) > 0)) {
                return;
            }
            int reused = lost(request) || random.nextBoolean()
                    ? 0
                    : random.nextInt(request.reusableTokens() / kv.blockSize() + 1) * kv.blockSize();
            int computed = (lost(request) ? 0 : request.computedTokens()) + reused;
            int held = lost(request) ? 0 : kv.held(request.id()) + returning;
            int most = Math.min(budget, request.knownTokens() - computed);
            int tokens = random.nextBoolean() ? most : 1 + random.nextInt(most);
            int needed = kv.blocksFor(computed + tokens) - held;
            if (needed > free) {
                starved = true;
            } else {
                grants.add(new StepPlan.Grant(request, tokens, reused));
                budget -= tokens;
                free -= Math.max(0, needed);
            }
        }

        private boolean keepsRunning(RequestView request) {
            return view.running().contains(request) && !preempted.contains(request);
        }

        private int room() {
            long newcomers = grants.stream().filter(grant -> !keepsRunning(grant.request())).count();
            return (int) (view.maxRunning() - (view.running().size() - preempted.size()) - newcomers);
        }
    }
}
