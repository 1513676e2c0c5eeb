package io.augserve.onnx.kv;

import io.augserve.engine.BlockLedger;
import io.augserve.engine.KvCache;
import java.util.HashMap;
import java.util.Map;

/**
 * The KV cache of an engine with block tables. It counts as {@link BlockLedger} does, and gives every counted block a number. Always: each number is in
 * one table or free, tables are as long as the ledger says.
 */
public final class PagedKvCache implements KvCache {
    private final BlockLedger ledger;
    private final BlockPool pool;
    private final Map<Long, BlockTable> tables = new HashMap<>();

    /**
     * @param blockSize tokens per block; at least 1
     * @param capacity blocks in all, numbered from 0; at least 1
     * @throws IllegalArgumentException if one is smaller
     */
    public PagedKvCache(int blockSize, int capacity) {
        this.ledger = new BlockLedger(blockSize, capacity);
        this.pool = new BlockPool(capacity);
    }

    /** The blocks of a sequence; empty if it holds none. Changes with the sequence's reservations. */
    public BlockTable table(long sequence) {
        return tables.getOrDefault(sequence, BlockTable.EMPTY);
    }

    @Override
    public int blockSize() {
        return ledger.blockSize();
    }

    @Override
    public int capacity() {
        return ledger.capacity();
    }

    @Override
    public int free() {
        return ledger.free();
    }

    @Override
    public int held(long sequence) {
        return ledger.held(sequence);
    }

    @Override
    public void reserve(long sequence, int tokens) {
        ledger.reserve(sequence, tokens);
        int blocks = ledger.held(sequence);
        if (blocks > 0) {
            BlockTable table = tables.computeIfAbsent(sequence, _ -> new BlockTable());
            while (table.size() < blocks) {
                table.add(pool.take());
            }
        }
    }

    @Override
    public void shrink(long sequence, int tokens) {
        ledger.shrink(sequence, tokens);
        int blocks = ledger.held(sequence);
        BlockTable table = table(sequence);
        while (table.size() > blocks) {
            pool.give(table.removeLast());
        }
        if (blocks == 0) {
            tables.remove(sequence);
        }
    }

    @Override
    public void release(long sequence) {
        shrink(sequence, 0);
    }

    /** A copy of the free blocks' numbers. */
    int[] freeBlocks() {
        return pool.blocks();
    }
}
