package io.augserve.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.engine.BlockLedger;
import io.augserve.engine.KvCache;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A paged cache in which every block is a piece of text: blocks change hands as in a real engine, and what a sequence reads is what is in
 * its blocks, its own or not. The counts are a {@link BlockLedger}'s and are compared with the blocks at every deed.
 */
final class ToyKvCache implements KvCache {
    private final BlockLedger counts;
    private final Deque<char[]> blank = new ArrayDeque<>();
    private final Map<Long, List<char[]>> held = new HashMap<>();
    private final Map<Long, List<String>> hosted = new HashMap<>();
    private final LinkedHashMap<Long, List<char[]>> retired = new LinkedHashMap<>();

    ToyKvCache(int blockSize, int capacity, int hostCapacity) {
        counts = new BlockLedger(blockSize, capacity, hostCapacity);
        for (int i = 0; i < capacity; i++) {
            blank.add(new char[blockSize]);
        }
    }

    /** The text in the first positions of a sequence. */
    String read(long sequence, int length) {
        StringBuilder text = new StringBuilder();
        held.getOrDefault(sequence, List.of()).forEach(text::append);
        return text.substring(0, length);
    }

    void write(long sequence, int position, char c) {
        held.get(sequence).get(position / blockSize())[position % blockSize()] = c;
    }

    private List<char[]> table(long sequence) {
        return held.computeIfAbsent(sequence, id -> new ArrayList<>());
    }

    private char[] take() {
        if (!blank.isEmpty()) {
            return blank.remove();
        }
        Map.Entry<Long, List<char[]>> oldest = retired.firstEntry();
        char[] block = oldest.getValue().removeLast();
        if (oldest.getValue().isEmpty()) {
            retired.remove(oldest.getKey());
        }
        return block;
    }

    private void forget(long sequence) {
        List<char[]> blocks = retired.remove(sequence);
        if (blocks != null) {
            blank.addAll(blocks);
        }
    }

    private void compare(long sequence) {
        int blocks = held.getOrDefault(sequence, List.of()).size();
        assertThat(counts.held(sequence)).as("held").isEqualTo(blocks);
        assertThat(counts.retired()).as("retired").isEqualTo(retired.values().stream().mapToInt(List::size).sum());
        assertThat(counts.free()).as("free").isEqualTo(blank.size() + counts.retired());
    }

    @Override
    public void reserve(long sequence, int tokens) {
        counts.reserve(sequence, tokens);
        if (counts.held(sequence) > 0) {
            List<char[]> table = table(sequence);
            if (table.isEmpty()) {
                forget(sequence);
            }
            while (table.size() < blocksFor(tokens)) {
                table.add(take());
            }
        }
        compare(sequence);
    }

    @Override
    public void shrink(long sequence, int tokens) {
        counts.shrink(sequence, tokens);
        List<char[]> table = table(sequence);
        while (table.size() > blocksFor(tokens)) {
            blank.add(table.removeLast());
        }
        compare(sequence);
    }

    @Override
    public void release(long sequence) {
        counts.release(sequence);
        blank.addAll(table(sequence));
        held.remove(sequence);
        hosted.remove(sequence);
        forget(sequence);
        compare(sequence);
    }

    @Override
    public void retire(long sequence, int computedTokens) {
        if (hostHeld(sequence) > 0 || computedTokens < blockSize()) {
            release(sequence);
            return;
        }
        counts.retire(sequence, computedTokens);
        List<char[]> table = table(sequence);
        while (table.size() > computedTokens / blockSize()) {
            blank.add(table.removeLast());
        }
        retired.put(sequence, table);
        held.remove(sequence);
        compare(sequence);
    }

    @Override
    public int reusable(long sequence) {
        int blocks = retired.getOrDefault(sequence, List.of()).size();
        assertThat(counts.reusable(sequence)).as("reusable").isEqualTo(blocks);
        return blocks;
    }

    @Override
    public void reuse(long sequence, int blocks) {
        counts.reuse(sequence, blocks);
        List<char[]> there = retired.remove(sequence);
        while (there.size() > blocks) {
            blank.add(there.removeLast());
        }
        held.put(sequence, there);
        compare(sequence);
    }

    @Override
    public void swapOut(long sequence, int blocks) {
        counts.swapOut(sequence, blocks);
        List<char[]> table = table(sequence);
        for (int i = 0; i < blocks; i++) {
            char[] block = table.removeLast();
            hosted.computeIfAbsent(sequence, id -> new ArrayList<>()).add(new String(block));
            blank.add(block);
        }
        compare(sequence);
    }

    @Override
    public void swapIn(long sequence, int blocks) {
        counts.swapIn(sequence, blocks);
        for (int i = 0; i < blocks; i++) {
            char[] block = take();
            hosted.get(sequence).removeLast().getChars(0, block.length, block, 0);
            table(sequence).add(block);
        }
        compare(sequence);
    }

    @Override
    public int hostCapacity() {
        return counts.hostCapacity();
    }

    @Override
    public int hostFree() {
        return counts.hostFree();
    }

    @Override
    public int hostHeld(long sequence) {
        return counts.hostHeld(sequence);
    }

    @Override
    public int blockSize() {
        return counts.blockSize();
    }

    @Override
    public int capacity() {
        return counts.capacity();
    }

    @Override
    public int free() {
        return counts.free();
    }

    @Override
    public int held(long sequence) {
        return counts.held(sequence);
    }
}
