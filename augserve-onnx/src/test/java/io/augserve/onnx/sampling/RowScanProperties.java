package io.augserve.onnx.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class RowScanProperties {
    private static final RowScan SCALAR = new ScalarRowScan();
    private static final RowScan VECTOR = new VectorRowScan();

    @Property
    void bothFindTheFirst(@ForAll("rows") float[] row, @ForAll @IntRange(max = 400) int start,
            @ForAll("values") float limit) {
        int from = Math.min(start, row.length);
        float most = Float.isNaN(limit) ? 0 : limit;
        int expected = SCALAR.firstAbove(row, from, most);
        assertThat(VECTOR.firstAbove(row, from, most)).isEqualTo(expected);
        for (int i = from; i < expected; i++) {
            assertThat(row[i]).isLessThanOrEqualTo(most);
        }
    }

    /** Wherever the value stands among vectors, groups of vectors and what is left over. */
    @Example
    void everyPlace() {
        for (int length = 1; length <= 200; length++) {
            for (float value : new float[]{2, Float.NaN, Float.POSITIVE_INFINITY}) {
                float[] row = new float[length];
                int place = (7 * length + 3) % length;
                Arrays.fill(row, 1);
                assertThat(VECTOR.firstAbove(row, 0, 1)).isEqualTo(length);
                row[place] = value;
                assertThat(VECTOR.firstAbove(row, 0, 1)).isEqualTo(place);
                assertThat(VECTOR.firstAbove(row, place, 1)).isEqualTo(place);
                assertThat(VECTOR.firstAbove(row, place + 1, 1)).isEqualTo(length);
            }
        }
    }

    @Provide
    Arbitrary<float[]> rows() {
        return values().array(float[].class).ofMaxSize(400);
    }

    @Provide
    Arbitrary<Float> values() {
        return Arbitraries.frequencyOf(net.jqwik.api.Tuple.of(20, Arbitraries.floats().between(-2, 2)),
                net.jqwik.api.Tuple.of(1,
                        Arbitraries.of(Float.NaN, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY, -0f, 0f)));
    }
}
