package io.augserve.examples.bench;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * How fast this machine reads memory: threads that each walk over a share of a buffer as large as a model's weights, so that a small
 * model is measured against the cache that it fits into. Above 256 MiB no cache is left to tell sizes apart.
 */
final class StreamBandwidth implements AutoCloseable {
    private static final long MOST_BYTES = 256L << 20;
    private static final int PASSES = 10;
    private static final long LINE = 64;
    /** A pass shorter than that would measure the threads' start. */
    private static final double LEAST_SECONDS = 5e-3;

    private final Arena arena = Arena.ofShared();
    private final List<MemorySegment> shares = new ArrayList<>();
    private final ExecutorService threads;
    private final long bytes;
    private long sink;

    StreamBandwidth(long weightBytes, int threadCount) {
        threads = Executors.newFixedThreadPool(threadCount);
        long share = Math.max(1 << 16, Math.min(MOST_BYTES, weightBytes) / threadCount) / LINE * LINE;
        for (int i = 0; i < threadCount; i++) {
            shares.add(arena.allocate(share, LINE).fill((byte) 1));
        }
        bytes = share * threadCount;
    }

    /** Of the buffer, all of them resident. */
    long bytes() {
        return bytes;
    }

    /** Bytes per second; the best of a few passes, for what takes longer than that was not the memory. */
    double measure() {
        double best = 0;
        int times = 1;
        for (int pass = 0; pass < PASSES; pass++) {
            double seconds = pass(times);
            while (seconds < LEAST_SECONDS) {
                times *= 4;
                seconds = pass(times);
            }
            best = Math.max(best, (double) bytes * times / seconds);
        }
        return best;
    }

    private double pass(int times) {
        long begin = System.nanoTime();
        List<Future<Long>> sums = new ArrayList<>();
        shares.forEach(share -> sums.add(threads.submit(() -> sum(share, times))));
        try {
            for (Future<Long> sum : sums) {
                sink += sum.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
        return (System.nanoTime() - begin) / 1e9;
    }

    private static long sum(MemorySegment share, int times) {
        long sum = 0;
        for (int i = 0; i < times; i++) {
            sum ^= sum(share);
        }
        return sum;
    }

    /** One value of each cache line: the memory delivers whole lines, and adding up more would be slower than it is. */
    private static long sum(MemorySegment share) {
        long sum = 0;
        int lines = (int) (share.byteSize() / LINE);
        for (int i = 0; i < lines; i++) {
            sum += share.getAtIndex(JAVA_LONG, i * (LINE / Long.BYTES));
        }
        return sum;
    }

    /** With the sum of all that was read, so that no read can be left out. */
    @Override
    public String toString() {
        return "a stream of " + bytes + " bytes, " + sink;
    }

    @Override
    public void close() {
        threads.close();
        arena.close();
    }
}
