package io.augserve.examples.langchain4j;

import io.augserve.engine.Batch;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/** Holds an engine's steps until it is opened. */
final class StepGate implements Consumer<Batch> {
    private final CountDownLatch opened = new CountDownLatch(1);
    private final CountDownLatch stepping = new CountDownLatch(1);

    @Override
    public void accept(Batch batch) {
        stepping.countDown();
        try {
            opened.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    void open() {
        opened.countDown();
    }

    /** Waits for the first step to come. */
    void awaitStep() throws InterruptedException {
        stepping.await();
    }
}
