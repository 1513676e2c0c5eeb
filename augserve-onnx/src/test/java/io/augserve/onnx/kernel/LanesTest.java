package io.augserve.onnx.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LanesTest {
    @Property(tries = 200)
    void everyTaskRunsOnce(@ForAll @IntRange(min = 1, max = 5) int threads,
            @ForAll @IntRange(min = 0, max = 60) int tasks) {
        try (Workers workers = new Workers(threads)) {
            Lanes lanes = new Lanes(workers);
            for (int round = 0; round < 3; round++) {
                AtomicIntegerArray runs = new AtomicIntegerArray(Math.max(1, tasks));
                lanes.run(tasks, runs::incrementAndGet);
                for (int i = 0; i < tasks; i++) {
                    assertEquals(1, runs.get(i), "task " + i + " of " + tasks);
                }
            }
        }
    }

    /** Both threads are held until each has begun, so that neither can take the other's tasks before. */
    @Test
    void aThreadBeginsWithConsecutiveTasks() {
        try (Workers workers = new Workers(2)) {
            CountDownLatch begun = new CountDownLatch(2);
            List<Integer> first = Collections.synchronizedList(new ArrayList<>());
            ThreadLocal<Boolean> fresh = ThreadLocal.withInitial(() -> true);
            new Lanes(workers).run(10, i -> {
                if (fresh.get()) {
                    fresh.set(false);
                    first.add(i);
                    begun.countDown();
                    try {
                        begun.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                }
            });
            Collections.sort(first);
            assertEquals(List.of(0, 5), first);
        }
    }

    @Test
    void oneThreadTakesTheTasksInOrder() {
        try (Workers workers = new Workers(1)) {
            List<Integer> order = new ArrayList<>();
            new Lanes(workers).run(7, order::add);
            assertArrayEquals(IntStream.range(0, 7).toArray(), order.stream().mapToInt(i -> i).toArray());
        }
    }

    /** The caller's lane throws at once; the other thread goes through all that is left. */
    @Test
    void aTaskThatThrowsFailsTheCallAndTheNextOneIsWhole() {
        try (Workers workers = new Workers(2)) {
            Lanes lanes = new Lanes(workers);
            IllegalStateException thrown = assertThrows(IllegalStateException.class, () -> lanes.run(8, i -> {
                throw new IllegalStateException("task " + i);
            }));
            assertTrue(thrown.getMessage().startsWith("task "), thrown.getMessage());
            AtomicIntegerArray runs = new AtomicIntegerArray(8);
            lanes.run(8, runs::incrementAndGet);
            assertEquals(8, IntStream.range(0, 8).map(runs::get).sum());
        }
    }
}
