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

    private final KvPools pools;
    private final HostPool host;
    private final ExecutorService thread = Executors
            .newSingleThreadExecutor(Thread.ofPlatform().daemon().name("augserve-swap").factory());
    private CompletableFuture<Void> moving = NOTHING;

    /** Both are closed after this. */
    public BlockMover(KvPools pools, HostPool host) {
        this.pools = pools;
        this.host = host;
    }

    /**
     * Waits for the copies of the step before, makes those that the next step needs, and starts the others.
     *
     * @param copies in order
     * @param touched blocks of the device that the step may read or write
     * @throws IllegalStateException if Java cannot address the device's memory
     */
    public void begin(List<BlockCopy> copies, BitSet touched) {
        await();
        CopySplit split = CopySplit.of(copies, touched);
        pools.copy(split.before(), host);
        if (!split.beside().isEmpty()) {
            moving = CompletableFuture.runAsync(() -> pools.copy(split.beside(), host), thread);
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
