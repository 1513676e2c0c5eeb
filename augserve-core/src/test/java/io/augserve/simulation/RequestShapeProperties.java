package io.augserve.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class RequestShapeProperties {
    @Property(seed = "2026")
    void cutsToTheRoomExactlyAndOnlyTheLongest(
            @ForAll @Size(min = 1, max = 33) List<@IntRange(min = 0, max = 3000) Integer> drawn,
            @ForAll @IntRange(min = 33, max = 2047) int room) {
        int[] pieces = drawn.stream().mapToInt(Integer::intValue).toArray();
        int[] cut = pieces.clone();
        RequestShape.cutLongest(cut, room);
        int before = Arrays.stream(pieces).sum();
        assertThat(Arrays.stream(cut).sum()).isEqualTo(Math.min(before, room));
        int longest = Arrays.stream(cut).max().orElseThrow();
        for (int i = 0; i < cut.length; i++) {
            assertThat(cut[i]).isLessThanOrEqualTo(pieces[i]);
            if (cut[i] < pieces[i]) {
                assertThat(cut[i]).as("what was cut is as long as anything left, but for rounding").isBetween(
                        longest - 1,
                        longest);
            }
        }
    }

    @Example
    void cutsByHand() {
        int[] pieces = {4, 30, 4, 50, 4};
        RequestShape.cutLongest(pieces, 45);
        assertThat(pieces).containsExactly(4, 17, 4, 16, 4);
    }
}
