package io.augserve.serving;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.augserve.request.GenerationEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * The few classes that several threads touch, under a model checker: it runs each scene again and again with its threads interleaved
 * differently at every access to shared memory. Lost wake-ups are not for it, since it lets sleepers wake without a reason, as the
 * specification allows; the simulation looks for those.
 */
class ConcurrencyRimTest {
    private static final int INTERLEAVINGS = 200;

    private static void inAllOrders(Runnable scene) {
        Lincheck.runConcurrentTest(INTERLEAVINGS, scene);
    }

    private static void together(Runnable... parts) {
        List<Thread> threads = new ArrayList<>();
        for (Runnable part : parts) {
            threads.add(new Thread(part));
        }
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static void require(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    /** The checker finds what it is there for: here the sender looks whether the inbox is closed, and then puts. */
    @Test
    void aLostMessageWouldBeFound() {
        assertThatThrownBy(() -> inAllOrders(() -> {
            AtomicInteger queue = new AtomicInteger();
            AtomicBoolean closed = new AtomicBoolean();
            AtomicInteger refused = new AtomicInteger();
            AtomicInteger read = new AtomicInteger();
            together(() -> {
                if (closed.get()) {
                    refused.incrementAndGet();
                } else {
                    queue.incrementAndGet();
                }
            }, () -> {
                closed.set(true);
                read.set(queue.getAndSet(0));
            });
            require(read.get() + refused.get() == 1, read + " read, " + refused + " refused");
        })).isInstanceOf(LincheckAssertionError.class);
    }

    @Test
    void whatIsPutWhileTheInboxClosesIsReadOrRefused() {
        inAllOrders(() -> {
            Inbox inbox = new Inbox();
            AtomicInteger read = new AtomicInteger();
            AtomicInteger refused = new AtomicInteger();
            together(() -> {
                if (!inbox.put(new Message.Cancelled(1))) {
                    refused.incrementAndGet();
                }
            }, () -> {
                inbox.close();
                inbox.drain(message -> read.incrementAndGet());
            });
            require(read.get() + refused.get() == 1, read + " read, " + refused + " refused");
        });
    }

    @Test
    void eventsComeInOrderAndTheEndOnce() {
        inAllOrders(() -> {
            EventStream stream = new EventStream(Runnable::run, 10, () -> {}, () -> {});
            Reader reader = new Reader(1);
            together(() -> {
                stream.offer(piece("a"));
                stream.offer(piece("b"));
                stream.complete();
            }, () -> {
                stream.subscribe(reader);
                reader.demand(1);
            });
            reader.demand(1);
            require(reader.seen.toString().equals("ab."), "seen: " + reader.seen);
        });
    }

    @Test
    void whoeverWaitsForAReaderIsToldOnce() {
        inAllOrders(() -> {
            AtomicInteger told = new AtomicInteger();
            EventStream stream = new EventStream(Runnable::run, 1, () -> {}, told::incrementAndGet);
            Reader reader = new Reader(0);
            stream.subscribe(reader);
            AtomicInteger waits = new AtomicInteger();
            together(() -> {
                stream.offer(piece("a"));
                waits.set(stream.awaitsRoom() ? 1 : 0);
            }, () -> reader.demand(1));
            require(told.get() == waits.get(), "waits: " + waits + ", told: " + told);
        });
    }

    @Test
    void aReaderThatLeavesLetsItsRequestGo() {
        inAllOrders(() -> {
            AtomicInteger told = new AtomicInteger();
            AtomicInteger cancelled = new AtomicInteger();
            EventStream stream = new EventStream(Runnable::run, 1, cancelled::incrementAndGet, told::incrementAndGet);
            Reader reader = new Reader(0);
            stream.subscribe(reader);
            AtomicInteger waits = new AtomicInteger();
            together(() -> {
                stream.offer(piece("a"));
                waits.set(stream.awaitsRoom() ? 1 : 0);
            }, reader::leave);
            require(told.get() == waits.get() && cancelled.get() == 1,
                    "waits: " + waits + ", told: " + told + ", cancelled: " + cancelled);
        });
    }

    @Test
    void cancelIsPassedOnOnce() {
        inAllOrders(() -> {
            AtomicInteger cancelled = new AtomicInteger();
            GenerationHandle handle = new GenerationHandle("a", Runnable::run, 10, cancelled::incrementAndGet,
                    () -> {});
            together(handle::cancel, handle::cancel);
            require(cancelled.get() == 1, "cancelled: " + cancelled);
        });
    }

    private static GenerationEvent piece(String text) {
        return new GenerationEvent.TextPiece(0, text, List.of());
    }

    /** Writes down what it gets. */
    private static final class Reader implements Flow.Subscriber<GenerationEvent> {
        private final int first;
        private final StringBuilder seen = new StringBuilder();
        private Flow.@Nullable Subscription subscription;

        Reader(int first) {
            this.first = first;
        }

        @Override
        public void onSubscribe(Flow.Subscription value) {
            subscription = value;
            if (first > 0) {
                value.request(first);
            }
        }

        void demand(long n) {
            if (subscription != null) {
                subscription.request(n);
            }
        }

        void leave() {
            if (subscription != null) {
                subscription.cancel();
            }
        }

        @Override
        public void onNext(GenerationEvent event) {
            seen.append(((GenerationEvent.TextPiece) event).text());
        }

        @Override
        public void onError(Throwable cause) {
            seen.append('!');
        }

        @Override
        public void onComplete() {
            seen.append('.');
        }
    }
}
