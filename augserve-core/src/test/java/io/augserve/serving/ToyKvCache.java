package io.augserve.serving;

import io.augserve.engine.BlockLedger;
import io.augserve.engine.KvCache;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A paged cache in which every block is a piece of text: blocks change hands as in a real engine, and what a sequence reads is what is in
 * its blocks, its own or not. The counts are a {@link BlockLedger}'s and are compared with the blocks at every deed.
 */
class ToyKvCache implements KvCache {
    private final BlockLedger counts;
    private final Deque<char[]> blank = new ArrayDeque<>();
    private final Map<Long, List<char[]>> held = new HashMap<>();
    private final Map<Long, List<String>> hosted = new HashMap<>();
    private final LinkedHashMap<Long, List<char[]>> retired = new LinkedHashMap<>();
    private final Map<Long, Long> nextUses = new HashMap<>();

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
        long first = Collections.max(retired.keySet(), Comparator.comparing(this::nextUse));
        char[] block = retired.get(first).removeLast();
        if (retired.get(first).isEmpty()) {
            forget(first);
        }
        return block;
    }

    /** Of equals, the greatest is the first in the order of the map. */
    private long nextUse(long sequence) {
        return nextUses.getOrDefault(sequence, BY_CHANCE);
    }

    private void forget(long sequence) {
        List<char[]> blocks = retired.remove(sequence);
        nextUses.remove(sequence);
        if (blocks != null) {
            blank.addAll(blocks);
        }
    }

    private void compare(long sequence) {
        int kept = 0;
        for (List<char[]> blocks : retired.values()) {
            kept += blocks.size();
        }
        same("held", counts.held(sequence), held.getOrDefault(sequence, List.of()).size());
        same("retired", counts.retired(), kept);
        same("free", counts.free(), blank.size() + kept);
    }

    private static void same(String what, int counted, int there) {
        if (counted != there) {
            throw new AssertionError(what + ": " + counted + " blocks counted, " + there + " are there");
        }
    }

    /** What a recount of every block finds wrong: each is in one place, and there are as many as in the beginning. */
    List<String> violations() {
        Set<char[]> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        List<String> found = new ArrayList<>();
        Stream.of(List.of(blank), held.values(), retired.values()).flatMap(Collection::stream)
                .flatMap(Collection::stream).filter(block -> !seen.add(block))
                .forEach(block -> found.add("a block is in two places"));
        if (seen.size() != counts.capacity()) {
            found.add(seen.size() + " blocks are there of " + counts.capacity());
        }
        return found;
    }

    /** The blocks of a sequence, in order. */
    List<char[]> blocks(long sequence) {
        return held.getOrDefault(sequence, List.of());
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
        same("reusable", counts.reusable(sequence), blocks);
        return blocks;
    }

    @Override
    public void reuse(long sequence, int blocks) {
        counts.reuse(sequence, blocks);
        List<char[]> there = retired.remove(sequence);
        nextUses.remove(sequence);
        while (there.size() > blocks) {
            blank.add(there.removeLast());
        }
        held.put(sequence, there);
        compare(sequence);
    }

    @Override
    public void expect(long sequence, long nextUse) {
        counts.expect(sequence, nextUse);
        if (retired.containsKey(sequence)) {
            nextUses.put(sequence, nextUse);
        }
    }

    @Override
    public int handOver(long from, long to, int tokens) {
        boolean holds = held(from) + hostHeld(from) > 0;
        int kept = counts.handOver(from, to, tokens);
        forget(to);
        if (holds) {
            List<char[]> table = table(from);
            List<char[]> mine = table(to);
            while (mine.size() < counts.held(to)) {
                mine.add(table.removeFirst());
            }
            blank.addAll(table);
            List<String> slots = hosted.getOrDefault(from, List.of());
            if (counts.hostHeld(to) > 0) {
                // The one that follows the device's blocks is the last.
                hosted.put(to, new ArrayList<>(slots.subList(slots.size() - counts.hostHeld(to), slots.size())));
            }
            held.remove(from);
            hosted.remove(from);
        } else if (counts.reusable(to) > 0) {
            List<char[]> there = retired.remove(from);
            nextUses.remove(from);
            while (there.size() > counts.reusable(to)) {
                blank.add(there.removeLast());
            }
            retired.put(to, there);
        } else {
            forget(from);
        }
        compare(from);
        compare(to);
        return kept;
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
