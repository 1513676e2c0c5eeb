package io.augserve.onnx.kv;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.onnx.fixture.TestSequence;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Blocks of device and host in which the keys and values of a position are the list of all tokens up to it, for that is what they depend on. */
final class FakeMemory {
    private final PagedKvCache cache;
    private final List<List<Object>> device;
    private final List<List<Object>> host;
    private int written;

    FakeMemory(PagedKvCache cache) {
        this.cache = cache;
        this.device = blocks(cache.capacity());
        this.host = blocks(cache.hostCapacity());
    }

    private List<List<Object>> blocks(int count) {
        List<List<Object>> blocks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            blocks.add(new ArrayList<>(Collections.nCopies(cache.blockSize(), "nothing")));
        }
        return blocks;
    }

    /** Tokens computed so far. */
    int written() {
        return written;
    }

    /** What an engine does with a slice, and what it tells the cache. */
    void step(TestSequence sequence, int start, int end) {
        copy();
        BlockTable table = cache.table(sequence.id());
        checkPrefix(sequence, start);
        for (int position = start; position < end; position++) {
            int block = table.block(position / cache.blockSize());
            assertThat(cache.holders(block)).as("holders of a block that is written").isEqualTo(1);
            device.get(block).set(position % cache.blockSize(), List.copyOf(sequence.tokens.subList(0, position + 1)));
            written++;
        }
        cache.computed(sequence.id(), end);
    }

    void copy() {
        for (BlockCopy copy : cache.takeCopies()) {
            List<List<Object>> from = copy.way() == BlockCopy.Way.IN ? host : device;
            List<List<Object>> to = copy.way() == BlockCopy.Way.OUT ? host : device;
            to.set(copy.to(), new ArrayList<>(from.get(copy.from())));
        }
    }

    /** The keys and values of a sequence's first positions are what they should be. */
    void checkPrefix(TestSequence sequence, int positions) {
        BlockTable table = cache.table(sequence.id());
        for (int position = 0; position < positions; position++) {
            assertThat(device.get(table.block(position / cache.blockSize())).get(position % cache.blockSize()))
                    .as("position %s of %s", position, sequence.id())
                    .isEqualTo(sequence.tokens.subList(0, position + 1));
        }
    }
}
