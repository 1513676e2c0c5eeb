package io.augserve.onnx.kernel;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs small pieces of work over and over until the JIT has compiled what they consist of. Until then code of the Vector API makes an object of every
 * vector that it computes: a first step of a model in such code leaves gigabytes of garbage, for which the heap grows as far as it may, and takes many
 * times as long as any later one.
 *
 * <p>A piece is compiled when it allocates nothing any more. Pieces go one after the other, because the JIT compiles later what it hears of while it has
 * much to do; and they pause, longer and longer, so that the processors are the compiler's and little garbage is made while it works. HotSpot has heard of
 * a loop after 600 calls and 15,000 turns, or 5,000 calls, at the next multiple of 1,024: the loops of a piece should turn some ten times in a run.
 */
public final class Rehearsal {
    /** Runs without garbage that show that a piece is compiled. */
    private static final int TURN = 64;
    private static final long QUIET_BYTES = TURN * 16L;
    /** What a turn may allocate. */
    private static final long TURN_BYTES = 1 << 20;
    private static final int HEARD = 1_500;
    private static final long PAUSE_NANOS = 200_000;
    private static final long LONGEST_PAUSE_NANOS = 2_000_000;

    /** What all rehearsals of a JVM may take: code that is never quiet there should not keep every engine waiting. */
    private static final AtomicLong LEFT_NANOS = new AtomicLong(Duration.ofSeconds(20).toNanos());

    private Rehearsal() {}

    /**
     * Runs the pieces on this thread until all are compiled or the time is over. Where the JVM does not tell what a thread allocates, none are run.
     *
     * @param pieces that allocate nothing themselves
     */
    public static void run(List<Runnable> pieces, Duration limit) {
        if (!(ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads)
                || !threads.isThreadAllocatedMemorySupported() || !threads.isThreadAllocatedMemoryEnabled()) {
            return;
        }
        long end = System.nanoTime() + limit.toNanos();
        for (Runnable piece : pieces) {
            run(piece, threads, end);
        }
    }

    /** The same within 20 seconds that all such rehearsals of this JVM share. */
    public static void runWithinShare(List<Runnable> pieces, Duration limit) {
        long begin = System.nanoTime();
        run(pieces, Duration.ofNanos(Math.clamp(LEFT_NANOS.get(), 0, limit.toNanos())));
        LEFT_NANOS.addAndGet(begin - System.nanoTime());
    }

    private static void run(Runnable piece, ThreadMXBean threads, long end) {
        long pause = PAUSE_NANOS;
        int runs = 0;
        while (System.nanoTime() - end < 0) {
            long before = threads.getCurrentThreadAllocatedBytes();
            long allocated = 0;
            int turn = 0;
            while (turn < TURN && allocated < TURN_BYTES) {
                piece.run();
                turn++;
                allocated = threads.getCurrentThreadAllocatedBytes() - before;
            }
            if (turn == TURN && allocated <= QUIET_BYTES) {
                return;
            }
            runs += turn;
            pause = runs < HEARD ? PAUSE_NANOS : Math.min(2 * pause, LONGEST_PAUSE_NANOS);
            LockSupport.parkNanos(pause);
        }
    }
}
