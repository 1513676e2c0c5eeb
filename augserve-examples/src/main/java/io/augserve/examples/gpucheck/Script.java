package io.augserve.examples.gpucheck;

import io.augserve.engine.Engine;
import io.augserve.engine.ForcedSequence;
import io.augserve.examples.gpucheck.StepDriver.Part;
import io.augserve.request.OutputToken;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What engines are made to do; all of them sample the same positions of the same tokens, so that their log-probabilities can be compared.
 *
 * @param title for people
 * @param steps to be driven
 */
record Script(String title, Consumer<StepDriver> steps) {
    /** In the order in which they are run. */
    static final List<Script> ALL = List.of(
            new Script("prompts", Script::prompts),
            new Script("mixed batches", Script::mixedBatches),
            new Script("decodes", Script::decodes),
            new Script("preemption", Script::preemption),
            new Script("swap", Script::swap),
            new Script("copy on write", Script::copyOnWrite));

    private static final int CHUNK = 512;

    /** Runs the script on an engine that holds nothing. */
    List<OutputToken> run(Engine engine) {
        try (StepDriver driver = new StepDriver(engine)) {
            steps.accept(driver);
            return driver.outputs();
        }
    }

    /** Prompts of many lengths, around the borders of blocks, in one step. */
    private static void prompts(StepDriver driver) {
        int block = driver.blockSize();
        List<Part> parts = new ArrayList<>();
        for (int length : new int[]{1, 7, block - 1, block, block + 3, 2 * block}) {
            parts.add(new Part(driver.sequence(length), length));
        }
        driver.step(parts.toArray(Part[]::new));
    }

    /** Chunks of one prompt beside decodes of others, and a chunk that samples nothing. */
    private static void mixedBatches(StepDriver driver) {
        ForcedSequence decoding = driver.sequence(1);
        ForcedSequence other = driver.sequence(2);
        ForcedSequence prompt = driver.sequence(3);
        driver.step(new Part(decoding, 40), new Part(other, driver.blockSize() - 2));
        prompt.know(driver.blockSize() + 1);
        driver.step(prompt, 5);
        for (int i = 0; i < 6; i++) {
            driver.step(new Part(decoding, 1), new Part(prompt, driver.blockSize() / 4 + 1), new Part(other, 1));
        }
    }

    /** Decodes of many sequences over the borders of their blocks. */
    private static void decodes(StepDriver driver) {
        List<ForcedSequence> sequences = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            ForcedSequence sequence = driver.sequence(10 + i);
            sequences.add(sequence);
            driver.step(sequence, driver.blockSize() - i);
        }
        for (int i = 0; i < 8; i++) {
            driver.step(sequences.stream().map(sequence -> new Part(sequence, 1)).toArray(Part[]::new));
        }
    }

    /** A sequence loses its blocks, others fill them, and it is computed again in chunks. */
    private static void preemption(StepDriver driver) {
        ForcedSequence preempted = driver.sequence(20);
        driver.step(preempted, driver.blockSize() + 10);
        driver.step(preempted, 1);
        int length = preempted.computed();
        driver.kv().release(preempted.id());
        fill(driver, 21);
        preempted.goOnFrom(0);
        driver.step(preempted, driver.blockSize() / 2);
        driver.step(preempted, length - driver.blockSize() / 2);
        driver.step(preempted, 1);
    }

    /** A sequence goes to host memory, others fill its blocks, and it comes back. */
    private static void swap(StepDriver driver) {
        ForcedSequence swapped = driver.sequence(30);
        driver.step(swapped, 2 * driver.blockSize() + 5);
        driver.swapOut(swapped);
        fill(driver, 31);
        driver.swapIn(swapped);
        driver.step(swapped, 1);
        driver.step(swapped, 1);
    }

    /** A sequence that shares blocks is cut back into the middle of one and goes on in a copy; whom it shared with goes on too. */
    private static void copyOnWrite(StepDriver driver) {
        int block = driver.blockSize();
        ForcedSequence first = driver.sequence(40);
        driver.step(first, 2 * block);
        driver.step(first, 1);
        ForcedSequence second = driver.sequence(40);
        second.know(2 * block + 1);
        int shared = driver.kv().reusable(second.id());
        if (shared != 2) {
            throw new CheckFailedException("expected 2 blocks to share, got " + shared);
        }
        driver.kv().reuse(second.id(), shared);
        second.goOnFrom(2 * block);
        driver.step(second, 1);
        driver.kv().shrink(second.id(), block + block / 2);
        second.goOnFrom(block + block / 2);
        driver.step(second, block);
        driver.step(new Part(first, 1), new Part(second, 1));
    }

    /** Overwrites every free block, and gives all of them back. */
    private static void fill(StepDriver driver, long seed) {
        List<ForcedSequence> fillers = new ArrayList<>();
        while (driver.kv().free() > 0) {
            ForcedSequence filler = driver.sequence(seed + fillers.size());
            fillers.add(filler);
            int tokens = Math.min(driver.kv().free() * driver.blockSize(), CheckFamily.CONTEXT);
            while (filler.computed() < tokens) {
                driver.step(filler, Math.min(CHUNK, tokens - filler.computed()));
            }
        }
        fillers.forEach(filler -> driver.kv().release(filler.id()));
    }
}
