package io.augserve.onnx.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class WorkersTest {
    @Test
    void everyTaskRunsOnce() {
        for (int threads = 1; threads <= 4; threads++) {
            try (Workers workers = new Workers(threads)) {
                for (int tasks : new int[]{0, 1, 2, 3, 100}) {
                    AtomicIntegerArray runs = new AtomicIntegerArray(tasks);
                    workers.run(tasks, runs::incrementAndGet);
                    for (int i = 0; i < tasks; i++) {
                        assertThat(runs.get(i)).isEqualTo(1);
                    }
                }
            }
        }
    }

    @Test
    void exceptionOfATaskComesBackAndTheWorkersGoOn() {
        try (Workers workers = new Workers(3)) {
            assertThatIllegalStateException().isThrownBy(() -> workers.run(10, i -> {
                throw new IllegalStateException("task " + i);
            })).withMessageContaining("task");
            AtomicIntegerArray runs = new AtomicIntegerArray(10);
            workers.run(10, runs::incrementAndGet);
            assertThat(runs.toString()).doesNotContain("0");
        }
    }

    /** One has the helpers, the other works alone; a task may call too. */
    @Test
    void callersDoNotDisturbEachOther() throws InterruptedException {
        try (Workers workers = new Workers(3)) {
            AtomicIntegerArray runs = new AtomicIntegerArray(50);
            Runnable caller = () -> {
                for (int i = 0; i < 200; i++) {
                    workers.run(50, task -> workers.run(2, _ -> runs.incrementAndGet(task)));
                }
            };
            Thread other = new Thread(caller);
            other.start();
            caller.run();
            other.join();
            for (int i = 0; i < 50; i++) {
                assertThat(runs.get(i)).isEqualTo(2 * 200 * 2);
            }
        }
    }

    @Test
    void closedWorkersLeaveTheWorkToTheCaller() {
        Workers workers = new Workers(2);
        workers.close();
        AtomicIntegerArray runs = new AtomicIntegerArray(4);
        workers.run(4, runs::incrementAndGet);
        assertThat(runs.toString()).doesNotContain("0");
    }

    @Test
    void threadsMustBePositive() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Workers(0))
                .withMessage("threads must be positive, got 0");
    }
}
