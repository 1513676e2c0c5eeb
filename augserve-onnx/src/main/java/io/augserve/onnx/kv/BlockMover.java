package io.augserve.onnx.kv;

import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Makes the copies of a step, those that the step has nothing to do with on a thread of its own while the step computes.
 *
 * <p>Who may touch what: until the next {@link #begin} or {@link #close} the mover's thread reads and writes the blocks and slots of
 * {@link CopySplit#beside}, and nobody else may; the step has all other blocks. Nobody else copies, and the cache's bookkeeping is not memory, so
 * blocks may change hands meanwhile: their next holder writes in a later step. Everything but that thread is confined to the serving loop's.
 */
public final class BlockMover implements AutoCloseable {
    private static final CompletableFuture<Void> NOTHING = CompletableFuture.completedFuture(null);

    private final BlockCopier copier;
    private final ExecutorService thread = Executors
            .newSingleThreadExecutor(Thread.ofPlatform().daemon().name("augserve-swap").factory());
    private CompletableFuture<Void> moving = NOTHING;

    /** The copier is closed after this. */
    public BlockMover(BlockCopier copier) {
        this.copier = copier;
    }

    /**
     * Waits for the copies of the step before, makes those that the next step needs, and starts the others.
     *
     * @param copies in order
     * @param touched blocks of the device that the step may read or write
     * @throws io.augserve.onnx.runtime.OrtException if a copy failed, of this step or beside the one before
     */
    public void begin(List<BlockCopy> copies, BitSet touched) {
        await();
        CopySplit split = CopySplit.of(copies, touched);
        copier.copy(split.before());
        if (!split.beside().isEmpty()) {
            moving = CompletableFuture.runAsync(() -> copier.copy(split.beside()), thread);
        }
    }

    /** Waits until all copies are made. */
    public void await() {
        CompletableFuture<Void> last = moving;
        moving = NOTHING;
        try {
            last.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    @Override
    public void close() {
        try {
            await();
        } finally {
            thread.shutdown();
        }
    }
}
