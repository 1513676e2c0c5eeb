package io.augserve.onnx.kv;

import static io.augserve.onnx.kv.BlockCopy.Way.DEVICE;
import static io.augserve.onnx.kv.BlockCopy.Way.IN;
import static io.augserve.onnx.kv.BlockCopy.Way.OUT;
import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.onnx.kv.BlockCopy.Way;
import java.util.List;
import org.junit.jupiter.api.Test;

class CopyGroupTest {
    private static BlockCopy copy(Way way, int from, int to) {
        return new BlockCopy(way, from, to);
    }

    private static List<Integer> sizes(int most, BlockCopy... copies) {
        return CopyGroup.of(List.of(copies), most).stream().map(group -> group.copies().size()).toList();
    }

    @Test
    void copiesThatHaveNothingToDoWithOneAnotherGoTogether() {
        assertThat(sizes(9, copy(DEVICE, 0, 1), copy(DEVICE, 0, 2), copy(DEVICE, 3, 4))).containsExactly(3);
        assertThat(sizes(9, copy(OUT, 0, 1), copy(OUT, 0, 1), copy(OUT, 1, 0))).containsExactly(3);
        assertThat(sizes(9)).isEmpty();
    }

    /** All reads come before all writes, so a block may be read that a later copy writes. */
    @Test
    void readingWhatWillBeWrittenIsNoReasonToWait() {
        assertThat(sizes(9, copy(DEVICE, 0, 1), copy(DEVICE, 2, 0))).containsExactly(2);
    }

    @Test
    void readingOrWritingWhatWasWrittenIs() {
        assertThat(sizes(9, copy(DEVICE, 0, 1), copy(DEVICE, 1, 2))).containsExactly(1, 1);
        assertThat(sizes(9, copy(DEVICE, 0, 1), copy(DEVICE, 2, 1))).containsExactly(1, 1);
        assertThat(sizes(9, copy(IN, 0, 1), copy(IN, 1, 1), copy(IN, 1, 2))).containsExactly(1, 2);
    }

    @Test
    void waysAndSizesCut() {
        assertThat(sizes(9, copy(IN, 0, 1), copy(OUT, 1, 0), copy(IN, 0, 2))).containsExactly(1, 1, 1);
        assertThat(sizes(2, copy(OUT, 0, 0), copy(OUT, 1, 1), copy(OUT, 2, 2))).containsExactly(2, 1);
    }
}
