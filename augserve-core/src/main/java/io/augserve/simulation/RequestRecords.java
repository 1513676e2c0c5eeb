package io.augserve.simulation;

import io.augserve.engine.Batch;
import io.augserve.engine.Slice;
import io.augserve.request.FinishReason;
import io.augserve.request.GenerationResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * What happens to every request of a run, in arrays by the request's number; all times are nanoseconds of the run's clock. The gaps
 * between tokens and the waits are taken from the engine's steps, where they happen; the rest is told by the generation's result. Thread-safe, for
 * runs in real time: the engine, the tools and the callers have threads of their own there.
 */
final class RequestRecords implements SimulatedEngine.StepObserver {
    private static final long NEVER = -1;

    private final RunClock clock;
    private final Workload workload;
    private final GapHistogram gaps = new GapHistogram();
    private final long[] firstToken;
    private final long[] lastToken;
    private final long[] end;
    private final boolean[] finished;
    private final int[] outputs;
    private final int[] gapCount;
    private final long[] gapTotal;
    private final long[] gapMax;
    private final long[] runnableSince;
    private final long[] longestWait;
    private final long[] pausedSince;
    private final long[] toolTime;
    private final int[] preemptions;
    private final int[] recomputed;
    private final long[] swapped;
    private final long[] reused;
    private boolean closed;
    private long iterations;
    private long batchTokens;

    RequestRecords(RunClock clock, Workload workload) {
        this.clock = clock;
        this.workload = workload;
        int n = workload.submissions().size();
        firstToken = filled(n);
        lastToken = filled(n);
        end = filled(n);
        finished = new boolean[n];
        outputs = new int[n];
        gapCount = new int[n];
        gapTotal = new long[n];
        gapMax = new long[n];
        runnableSince = filled(n);
        longestWait = new long[n];
        pausedSince = filled(n);
        toolTime = new long[n];
        preemptions = new int[n];
        recomputed = new int[n];
        swapped = new long[n];
        reused = new long[n];
    }

    private static long[] filled(int n) {
        long[] array = new long[n];
        Arrays.fill(array, NEVER);
        return array;
    }

    synchronized void arrived(int request) {
        if (closed) {
            return;
        }
        runnableSince[request] = clock.nanos();
    }

    @Override
    public synchronized void stepped(Batch batch, int tokens) {
        if (closed) {
            return;
        }
        iterations++;
        batchTokens += tokens;
        long now = clock.nanos();
        List<Slice> slices = batch.slices();
        for (int i = 0; i < slices.size(); i++) {
            int request = slices.get(i).sequence().token(0);
            longestWait[request] = Math.max(longestWait[request], now - runnableSince[request]);
            runnableSince[request] = now;
        }
    }

    @Override
    public synchronized void sampled(int request, int place) {
        if (closed) {
            return;
        }
        long now = clock.nanos();
        outputs[request]++;
        if (firstToken[request] == NEVER) {
            firstToken[request] = now;
        }
        if (place > 1) {
            long gap = now - lastToken[request];
            gaps.record(gap);
            gapCount[request]++;
            gapTotal[request] += gap;
            gapMax[request] = Math.max(gapMax[request], gap);
        }
        lastToken[request] = now;
    }

    synchronized void paused(int request) {
        if (closed) {
            return;
        }
        pausedSince[request] = clock.nanos();
    }

    synchronized void returned(int request) {
        if (closed) {
            return;
        }
        toolTime[request] += clock.nanos() - pausedSince[request];
        pausedSince[request] = NEVER;
        runnableSince[request] = clock.nanos();
    }

    /** The run is over: what happens from now on has not happened in it, but for what requests that end now say they have cost. */
    synchronized void close() {
        closed = true;
    }

    synchronized boolean isClosed() {
        return closed;
    }

    synchronized void ended(int request, GenerationResult result) {
        if (!closed) {
            end[request] = clock.nanos();
            finished[request] = result.finishReason() == FinishReason.STOP;
        }
        preemptions[request] = result.usage().preemptions();
        recomputed[request] = result.usage().recomputedTokens();
        swapped[request] = result.usage().swappedTokens();
        reused[request] = result.usage().reusedTokens();
    }

    /** The outcomes of the requests that have arrived by now. */
    synchronized List<RequestOutcome> outcomes() {
        long now = clock.nanos();
        List<RequestOutcome> outcomes = new ArrayList<>();
        for (int i = 0; i < end.length && workload.submissions().get(i).arrivalNanos() <= now; i++) {
            outcomes.add(outcome(i, now));
        }
        return outcomes;
    }

    private RequestOutcome outcome(int i, long now) {
        Workload.Submission submission = workload.submissions().get(i);
        long tools = toolTime[i] + (pausedSince[i] == NEVER ? 0 : now - pausedSince[i]);
        boolean waits = end[i] == NEVER && pausedSince[i] == NEVER && runnableSince[i] != NEVER;
        return new RequestOutcome(submission.id(), submission.arrivalNanos(), at(firstToken[i]), at(end[i]),
                finished[i],
                tools, outputs[i], Math.max(longestWait[i], waits ? now - runnableSince[i] : 0), preemptions[i],
                recomputed[i], swapped[i], reused[i], new GapSummary(gapCount[i], gapTotal[i], gapMax[i]),
                submission.request().objective());
    }

    private static OptionalLong at(long nanos) {
        return nanos == NEVER ? OptionalLong.empty() : OptionalLong.of(nanos);
    }

    synchronized RunCounters counters(long windowNanos, int kvBlocks, double pausedBlockSeconds, double wallSeconds) {
        return new RunCounters(windowNanos, Math.max(clock.nanos(), 1), iterations, batchTokens, kvBlocks,
                pausedBlockSeconds, gaps, wallSeconds);
    }
}
