package io.augserve.schedule;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;

/**
 * Least attained service of the program first, in levels: Autellix's PLAS (arXiv 2502.13965), which needs no prediction.
 *
 * <p>The service T of a program is the time, in seconds, that it has spent in the running set, over all its segments; the time that its
 * tools are out counts for nothing. It is in level 0 while T &lt; Q, and in level k while 2^(k-1) Q &lt;= T &lt; 2^k Q, up to a last one.
 * Within a level whoever came first goes first. Requests of a lower level take room and memory from running ones of a higher one.
 *
 * <p>A program whose waiting time W, summed over all its waits, reaches R times T goes back to level 0, with W and T starting over: so
 * nobody waits for ever, however many newcomers there are. The paper names levels, quanta and the ratio and does not print their values,
 * nor what promotion does to the sums; Q = {@value #QUANTUM_SECONDS} s, {@value #LEVELS} levels and R = {@value #RATIO} are this
 * project's. R is large because a ratio that all reach under overload puts all into level 0, and what is left is arrival order.
 */
final class AttainedService implements ProgramOrder {
    static final double QUANTUM_SECONDS = 2;
    static final int LEVELS = 8;
    static final int RATIO = 64;

    private static final long QUANTUM = Math.round(QUANTUM_SECONDS * 1e9);

    private final Map<Long, Program> programs = new HashMap<>();
    private final PriorityQueue<Promotion> promotions = new PriorityQueue<>(
            Comparator.comparingLong(Promotion::nanos));

    /** Nanoseconds; those since {@code since} belong to what it is doing now. */
    private static final class Program {
        private long served;
        private long waited;
        private long since;
        private boolean runs;
        /** Counts its comings and goings, so that promotions of former waits are known as outdated. */
        private long changes;
    }

    private record Promotion(long nanos, RequestView request, long change) {}

    private Program program(RequestView request) {
        return programs.computeIfAbsent(request.program(), id -> new Program());
    }

    @Override
    public int level(RequestView request, long now) {
        Program program = program(request);
        long served = program.served + (program.runs ? now - program.since : 0);
        int level = 0;
        for (long bound = QUANTUM; served >= bound && level < LEVELS - 1; bound *= 2) {
            level++;
        }
        return level;
    }

    @Override
    public boolean preempts() {
        return true;
    }

    @Override
    public void waits(RequestView request, long now) {
        Program program = program(request);
        program.since = now;
        program.changes++;
        if (level(request, now) > 0) {
            long left = Math.max(0, RATIO * program.served - program.waited);
            promotions.add(new Promotion(now + left, request, program.changes));
        }
    }

    @Override
    public void runs(RequestView request, long now) {
        Program program = program(request);
        program.waited += now - program.since;
        program.since = now;
        program.runs = true;
        program.changes++;
    }

    @Override
    public void stops(RequestView request, long now) {
        Program program = program(request);
        program.served += now - program.since;
        program.runs = false;
    }

    @Override
    public void left(RequestView request) {
        programs.remove(request.program());
    }

    @Override
    public List<RequestView> risen(long now) {
        List<RequestView> risen = new ArrayList<>();
        while (!promotions.isEmpty() && Objects.requireNonNull(promotions.peek()).nanos() <= now) {
            Promotion due = promotions.remove();
            Program program = programs.get(due.request().program());
            if (program != null && program.changes == due.change()) {
                program.served = 0;
                program.waited = 0;
                program.since = now;
                risen.add(due.request());
            }
        }
        return risen;
    }
}
