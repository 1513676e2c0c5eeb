package io.augserve.onnx.kv;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.onnx.kv.BlockCopy.Way;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class CopySplitTest {
    private static final int BLOCKS = 8;

    private static BitSet blocks(int... numbers) {
        BitSet set = new BitSet();
        Arrays.stream(numbers).forEach(set::set);
        return set;
    }

    @Test
    void whatTheStepTouchesGoesBefore() {
        BlockCopy reused = new BlockCopy(Way.OUT, 1, 0);
        BlockCopy idle = new BlockCopy(Way.OUT, 2, 1);
        BlockCopy away = new BlockCopy(Way.IN, 2, 3);
        BlockCopy wanted = new BlockCopy(Way.IN, 3, 4);
        CopySplit split = CopySplit.of(List.of(reused, idle, away, wanted), blocks(1, 4));
        assertThat(split.before()).containsExactly(reused, wanted);
        assertThat(split.beside()).containsExactly(idle, away);
    }

    /** Block 2 goes out to slot 0, from where the step's block 1 is filled; and block 3 must be empty before it is filled. */
    @Test
    void whatALaterCopyNeedsGoesBeforeToo() {
        BlockCopy out = new BlockCopy(Way.OUT, 2, 0);
        BlockCopy in = new BlockCopy(Way.IN, 0, 1);
        assertThat(CopySplit.of(List.of(out, in), blocks(1)).before()).containsExactly(out, in);
        BlockCopy emptied = new BlockCopy(Way.OUT, 3, 0);
        BlockCopy filled = new BlockCopy(Way.DEVICE, 1, 3);
        assertThat(CopySplit.of(List.of(emptied, filled), blocks(1)).before()).containsExactly(emptied, filled);
        assertThat(CopySplit.of(List.of(emptied, filled), blocks(0)).beside()).containsExactly(emptied, filled);
    }

    /** Whatever the step writes meanwhile, and whenever the copies beside it are made. */
    @Property(tries = 2000)
    void splittingLeavesWhatTheOrderWouldHave(@ForAll long seed) {
        Random random = new Random(seed);
        List<BlockCopy> copies = new ArrayList<>();
        for (int i = random.nextInt(12); i > 0; i--) {
            copies.add(new BlockCopy(Way.values()[random.nextInt(3)], random.nextInt(BLOCKS), random.nextInt(BLOCKS)));
        }
        BitSet touched = BitSet.valueOf(new long[]{random.nextInt(1 << BLOCKS)});
        CopySplit split = CopySplit.of(copies, touched);
        int[][] expected = memory();
        copies.forEach(copy -> make(copy, expected));
        compute(expected, touched);
        for (boolean stepFirst : new boolean[]{false, true}) {
            int[][] actual = memory();
            split.before().forEach(copy -> make(copy, actual));
            if (stepFirst) {
                compute(actual, touched);
            }
            split.beside().forEach(copy -> make(copy, actual));
            if (!stepFirst) {
                compute(actual, touched);
            }
            assertThat(actual).isDeepEqualTo(expected);
        }
    }

    /** Device and host, each block with contents of its own. */
    private static int[][] memory() {
        int[][] memory = new int[2][BLOCKS];
        for (int i = 0; i < BLOCKS; i++) {
            memory[0][i] = i + 1;
            memory[1][i] = 100 + i;
        }
        return memory;
    }

    private static void make(BlockCopy copy, int[][] memory) {
        memory[copy.way() == Way.OUT ? 1 : 0][copy.to()] = memory[copy.way() == Way.IN ? 1 : 0][copy.from()];
    }

    /** A step that reads and writes all blocks that it may. */
    private static void compute(int[][] memory, BitSet touched) {
        int sum = touched.stream().map(block -> memory[0][block]).sum();
        touched.stream().forEach(block -> memory[0][block] = 31 * memory[0][block] + sum);
    }
}
