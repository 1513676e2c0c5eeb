package io.augserve.onnx.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.augserve.onnx.model.WeightFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class RowLayoutTest {
    private static String bytes(WeightFormat format, int group, float... weights) {
        RowLayout layout = RowLayout.of(format, group);
        byte[] row = new byte[(int) layout.rowBytes(weights.length)];
        new RowEncoder(layout).encode(weights, weights.length, MemorySegment.ofArray(row), 0);
        return HexFormat.of().formatHex(row);
    }

    @Test
    void numbersAreLittleEndian() {
        assertThat(bytes(WeightFormat.FP32, 32, 1, -2)).isEqualTo("0000803f000000c0");
        assertThat(bytes(WeightFormat.FP16, 32, 1, -2)).isEqualTo("003c00c0");
        assertThat(bytes(WeightFormat.BF16, 32, 1, -2)).isEqualTo("803f00c0");
    }

    /** The extreme, -127, gives the scale 1, 3f80; the group is padded to 32. */
    @Test
    void int8IsAScaleAndBytes() {
        assertThat(bytes(WeightFormat.INT8, 32, 1, -127, 0.4f, 2.6f)).isEqualTo("803f" + "01810003" + "00".repeat(28));
    }

    /** The extreme, 4, becomes -8 with the scale -0.5, bf00: 0.5 is -1 = f, -0.5 is 1, -3.5 is 7. */
    @Test
    void int4HoldsWeightsSixteenApartInOneByte() {
        float[] weights = new float[33];
        weights[0] = 4;
        weights[1] = 0.5f;
        weights[16] = -0.5f;
        weights[31] = -3.5f;
        weights[32] = -8;
        assertThat(bytes(WeightFormat.INT4, 32, weights))
                .isEqualTo("00bf" + "180f" + "00".repeat(13) + "70" + "803f" + "08" + "00".repeat(15));
    }

    @Test
    void aGroupOfZerosStaysOne() {
        assertThat(bytes(WeightFormat.INT4, 32, 0, 0)).isEqualTo("0080" + "00".repeat(16));
        assertThat(RowLayout.of(WeightFormat.INT4, 32).weight(MemorySegment.ofArray(new byte[18]), 0, 5)).isZero();
    }

    @Test
    void refusesWhatAFormatDoesNotHave() {
        assertThatExceptionOfType(ArithmeticException.class).isThrownBy(() -> bytes(WeightFormat.FP16, 32, 1e6f));
        assertThatExceptionOfType(ArithmeticException.class)
                .isThrownBy(() -> bytes(WeightFormat.INT8, 32, Float.NaN));
    }

    @Property(tries = 200)
    void quantisationErrsByHalfAStepAndTheScalesRounding(@ForAll long seed,
            @ForAll @IntRange(min = 1, max = 200) int columns) {
        Random random = new Random(seed);
        float[] weights = new float[columns];
        for (int i = 0; i < columns; i++) {
            weights[i] = (float) random.nextGaussian();
        }
        for (WeightFormat format : new WeightFormat[]{WeightFormat.INT8, WeightFormat.INT4}) {
            RowLayout layout = RowLayout.of(format, 64);
            MemorySegment row = Arena.ofAuto().allocate(layout.rowBytes(columns));
            new RowEncoder(layout).encode(weights, columns, row, 0);
            for (int from = 0; from < columns; from += 64) {
                int end = Math.min(columns, from + 64);
                float extreme = 0;
                for (int i = from; i < end; i++) {
                    extreme = Math.max(extreme, Math.abs(weights[i]));
                }
                // INT4 has no +8: what lies opposite of the extreme may be a whole step away.
                double bound = format == WeightFormat.INT4 ? extreme / 8 * 1.05 : extreme / 127 * 1.05;
                for (int i = from; i < end; i++) {
                    assertThat(Math.abs(layout.weight(row, 0, i) - weights[i])).isLessThanOrEqualTo((float) bound);
                }
            }
        }
    }

    /** Any bytes, so all halves, subnormal and not finite ones too. */
    @Property(tries = 200)
    void vectorsDecodeAsTheDefinitionSays(@ForAll long seed, @ForAll @IntRange(min = 1, max = 300) int columns) {
        Random random = new Random(seed);
        ProductMath math = ProductMath.best();
        for (WeightFormat format : Matrices.FORMATS) {
            RowLayout layout = RowLayout.of(format, 64);
            byte[] bytes = new byte[(int) layout.rowBytes(columns)];
            random.nextBytes(bytes);
            MemorySegment data = Arena.ofAuto().allocate(bytes.length + 1).asSlice(1);
            data.copyFrom(MemorySegment.ofArray(bytes));
            int from = columns > 128 ? 128 : 0;
            int lanes = math.lanes();
            int size = ProductMath.padded(columns - from);
            float[] decoded = new float[3 * size];
            float[] expected = decoded.clone();
            Arrays.fill(decoded, 9);
            math.decoder(layout).decode(data, 0, from, columns - from, decoded, lanes, 3 * lanes);
            new ScalarDecoder(layout, lanes).decode(data, 0, from, columns - from, expected, lanes, 3 * lanes);
            boolean quantised = format.quantised();
            for (int k = 0; k < size; k++) {
                int at = lanes + k / lanes * 3 * lanes + k % lanes;
                // What lies in a group's padding is zero in a real file and anything here; x is zero there.
                if (!quantised || from + k < columns) {
                    assertThat(Float.floatToIntBits(decoded[at])).as("%s %d", format, k)
                            .isEqualTo(Float.floatToIntBits(expected[at]));
                }
            }
        }
    }
}
