package io.augserve.simulation;

import java.util.PriorityQueue;
import java.util.function.LongConsumer;

/** Time that passes only when a simulation says so, and what shall happen at which time. Events of the same time run in the order in which they were set. */
final class VirtualClock implements RunClock {
    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private LongConsumer passing = nanos -> {};
    private long now;
    private long order;

    private record Event(long nanos, long order, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(nanos, other.nanos);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    @Override
    public long nanos() {
        return now;
    }

    /** Tells of every stretch of time, before it passes. */
    void onPassing(LongConsumer listener) {
        passing = listener;
    }

    /** Lets something happen at a time; if that has passed, when due events run next. */
    @Override
    public void at(long nanos, Runnable action) {
        events.add(new Event(nanos, order++, action));
    }

    /** Lets time pass; events that become due wait for {@link #runDue()}. */
    void advance(long nanos) {
        if (nanos < 0) {
            throw new IllegalArgumentException("time cannot go back by " + -nanos + " ns");
        }
        passing.accept(nanos);
        now += nanos;
    }

    /** Runs what is due, including what these events set for no later time. */
    void runDue() {
        while (!events.isEmpty() && events.peek().nanos() <= now) {
            events.poll().action().run();
        }
    }

    /** Jumps to the next event; false, and no jump, if there is none before {@code limit}. */
    boolean jumpToNext(long limit) {
        if (events.isEmpty() || events.peek().nanos() >= limit) {
            return false;
        }
        advance(Math.max(0, events.peek().nanos() - now));
        return true;
    }
}
