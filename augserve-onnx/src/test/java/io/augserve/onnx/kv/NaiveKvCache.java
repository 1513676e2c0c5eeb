package io.augserve.onnx.kv;

import io.augserve.engine.KvCache;
import io.augserve.onnx.fixture.TestSequence;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The same cache without block numbers, hashes or counters: a block is the list of all tokens up to its end if that is known, or just an object. What is
 * held and what is kept are plain collections, and everything that is asked is counted anew.
 */
final class NaiveKvCache {
    final int blockSize;
    final int capacity;
    final int hostCapacity;
    final Map<Long, List<Object>> device = new HashMap<>();
    final Map<Long, List<Object>> host = new HashMap<>();
    final Map<Long, Integer> computed = new HashMap<>();
    /** Free blocks with contents, the one to be taken first in front if nobody is expected. */
    final LinkedHashSet<Object> kept = new LinkedHashSet<>();
    /** By sequence: the tokens that it is expected for, and when. */
    final Map<Long, Expected> expected = new HashMap<>();

    record Expected(List<?> tokens, long nextUse) {}

    NaiveKvCache(int blockSize, int capacity, int hostCapacity) {
        this.blockSize = blockSize;
        this.capacity = capacity;
        this.hostCapacity = hostCapacity;
    }

    List<Object> device(long id) {
        return device.computeIfAbsent(id, key -> new ArrayList<>());
    }

    List<Object> host(long id) {
        return host.computeIfAbsent(id, key -> new ArrayList<>());
    }

    int computed(long id) {
        return computed.getOrDefault(id, 0);
    }

    private Set<Object> distinct() {
        Set<Object> all = new HashSet<>();
        device.values().forEach(all::addAll);
        return all;
    }

    int free() {
        return capacity - distinct().size();
    }

    int hostFree() {
        return hostCapacity - host.values().stream().mapToInt(List::size).sum();
    }

    int shared() {
        return device.values().stream().mapToInt(List::size).sum() - distinct().size();
    }

    int holders(Object block) {
        return (int) device.values().stream().filter(blocks -> blocks.contains(block)).count();
    }

    int exclusive(long id) {
        return (int) device(id).stream().filter(block -> holders(block) == 1).count();
    }

    boolean isThere(Object block) {
        return kept.contains(block) || holders(block) > 0;
    }

    int reusable(TestSequence sequence) {
        if (!device(sequence.id()).isEmpty() || !host(sequence.id()).isEmpty()) {
            return 0;
        }
        int blocks = 0;
        while ((blocks + 1) * blockSize <= sequence.length() && isThere(prefix(sequence, blocks))) {
            blocks++;
        }
        return blocks;
    }

    private Object prefix(TestSequence sequence, int i) {
        return List.copyOf(sequence.tokens.subList(0, (i + 1) * blockSize));
    }

    private Object take() {
        if (free() == kept.size()) {
            // Of equals, the greatest is the one given up first.
            lose(Collections.max(kept, Comparator.comparing(this::nextUse)));
        }
        return new Object();
    }

    /** Of all that are expected for what goes on from a block, the first counts. */
    private long nextUse(Object block) {
        return expected.values().stream().filter(each -> begins(block, each.tokens())).mapToLong(Expected::nextUse)
                .min().orElse(KvCache.BY_CHANCE);
    }

    private static boolean begins(Object block, List<?> tokens) {
        return block instanceof List<?> first && tokens.size() >= first.size()
                && tokens.subList(0, first.size()).equals(first);
    }

    /** A known block is gone; who is expected for it is expected for what comes before it. */
    private void lose(Object block) {
        kept.remove(block);
        int before = ((List<?>) block).size() - blockSize;
        expected.replaceAll((id, each) -> begins(block, each.tokens())
                ? new Expected(each.tokens().subList(0, before), each.nextUse())
                : each);
    }

    void expect(TestSequence sequence, long nextUse) {
        expected.remove(sequence.id());
        int blocks = reusable(sequence);
        if (blocks > 0) {
            expected.put(sequence.id(), new Expected((List<?>) prefix(sequence, blocks - 1), nextUse));
        }
    }

    private void dropLast(long id) {
        Object block = device(id).removeLast();
        if (block instanceof List && holders(block) == 0) {
            kept.add(block);
        }
    }

    /** The block that a sequence was shrunk into, if its contents are known. */
    private boolean writesKnown(long id, int tokens) {
        int i = computed(id) / blockSize;
        return tokens > i * blockSize && i < device(id).size() && device(id).get(i) instanceof List;
    }

    int needed(long id, int tokens) {
        int more = Math.max(0, Math.ceilDiv(tokens, blockSize) - device(id).size());
        boolean copied = writesKnown(id, tokens) && holders(device(id).get(computed(id) / blockSize)) > 1;
        return more + (copied ? 1 : 0);
    }

    void reserve(long id, int tokens) {
        if (tokens > 0) {
            expected.remove(id);
        }
        if (writesKnown(id, tokens)) {
            int i = computed(id) / blockSize;
            Object known = device(id).get(i);
            boolean begins = kept.stream().anyMatch(block -> isParent(known, block))
                    || distinct().stream().anyMatch(block -> isParent(known, block));
            if (holders(known) == 1 && !begins) {
                device(id).set(i, new Object());
                lose(known);
            } else {
                Object copy = take();
                device(id).set(i, copy);
                if (holders(known) == 0) {
                    kept.add(known);
                }
            }
        }
        while (device(id).size() < Math.ceilDiv(tokens, blockSize)) {
            Object block = take();
            device(id).add(block);
        }
    }

    private boolean isParent(Object parent, Object block) {
        return parent instanceof List<?> first && block instanceof List<?> second
                && second.size() == first.size() + blockSize && second.subList(0, first.size()).equals(first);
    }

    void computed(TestSequence sequence, int tokens) {
        long id = sequence.id();
        for (int i = computed(id) / blockSize; i < tokens / blockSize; i++) {
            Object prefix = prefix(sequence, i);
            kept.remove(prefix);
            device(id).set(i, prefix);
        }
        computed.put(id, tokens);
    }

    void shrink(long id, int tokens) {
        while (device(id).size() > Math.ceilDiv(tokens, blockSize)) {
            dropLast(id);
        }
        computed.put(id, Math.min(computed(id), tokens));
    }

    void release(long id) {
        expected.remove(id);
        host(id).clear();
        shrink(id, 0);
    }

    void reuse(TestSequence sequence, int blocks) {
        expected.remove(sequence.id());
        for (int i = 0; i < blocks; i++) {
            kept.remove(prefix(sequence, i));
            device(sequence.id()).add(prefix(sequence, i));
        }
        computed.put(sequence.id(), blocks * blockSize);
    }

    /** Block by block in order, but for a known one within which the common tokens end. */
    int handOver(long from, long to, int tokens) {
        expected.remove(to);
        int handed = 0;
        while (handed < tokens) {
            Object block = handed / blockSize < device(from).size()
                    ? device(from).get(handed / blockSize)
                    : host(from).isEmpty() ? null : host(from).getLast();
            boolean known = block instanceof List<?>;
            if (block == null || (known && tokens - handed < blockSize)) {
                break;
            }
            if (handed / blockSize < device(from).size()) {
                device(to).add(block);
            } else {
                host(to).addFirst(block);
                host(from).removeLast();
            }
            handed = Math.min(tokens, handed + blockSize);
        }
        computed.put(to, handed);
        device(from).removeIf(device(to)::contains);
        release(from);
        return handed;
    }

    void swapOut(long id, int blocks) {
        for (int i = 0; i < blocks; i++) {
            boolean full = device(id).size() * blockSize <= computed(id);
            host(id).add(full ? device(id).getLast() : new Object());
            dropLast(id);
        }
    }

    void swapIn(long id, int blocks) {
        for (int i = 0; i < blocks; i++) {
            Object block = host(id).removeLast();
            if (!isThere(block)) {
                take();
            }
            kept.remove(block);
            device(id).add(block);
        }
    }
}
