package io.augserve.onnx.linear;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.onnx.model.WeightFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PanelLayoutTest {
    /** Row 1 is -127 and 5, row 17 is 127: scales 1 and -1, which makes -127 of 127. */
    @Test
    void int8HasSixteenRowsSideBySide() {
        MemorySegment panel = panel(WeightFormat.INT8);
        assertThat(panel.byteSize()).isEqualTo(128 + 64 * 32);
        assertThat(hex(panel, 2, 2)).isEqualTo("803f");
        assertThat(hex(panel, 2 * 17, 2)).isEqualTo("80bf");
        assertThat(hex(panel, 128, 3)).isEqualTo("008100");
        assertThat(hex(panel, 128 + 16, 3)).isEqualTo("000500");
        assertThat(hex(panel, 128 + 16 * 32, 3)).isEqualTo("008100");
    }

    /** Row 1 is -8 and 5, row 17 is 8: scales 1 and -1. Both columns of a row share a byte. */
    @Test
    void int4HasTwoColumnsInAByte() {
        MemorySegment panel = panel(WeightFormat.INT4);
        assertThat(panel.byteSize()).isEqualTo(128 + 64 * 16);
        assertThat(hex(panel, 2, 2)).isEqualTo("803f");
        assertThat(hex(panel, 2 * 17, 2)).isEqualTo("80bf");
        assertThat(hex(panel, 128, 3)).isEqualTo("005800");
        assertThat(hex(panel, 128 + 16, 3)).isEqualTo("000800");
        assertThat(hex(panel, 128 + 64, 3)).isEqualTo("000000");
    }

    private static MemorySegment panel(WeightFormat format) {
        int most = format == WeightFormat.INT8 ? 127 : 8;
        float[] weights = new float[18 * 3];
        weights[3] = -most;
        weights[4] = 5;
        weights[17 * 3] = most;
        Matrix source = new Matrix("m", RowLayout.of(WeightFormat.FP32, 1), 18, 3,
                Arena.ofAuto().allocate(4L * weights.length, 4).copyFrom(MemorySegment.ofArray(weights)));
        WeightLayout layout = WeightLayout.of(format, 32);
        MemorySegment data = MemorySegment.ofArray(new byte[(int) layout.bytes(18, 3)]);
        new MatrixEncoder(source, layout).encode(0, 18, data);
        return data;
    }

    private static String hex(MemorySegment data, int at, int count) {
        return java.util.HexFormat.of()
                .formatHex(data.asSlice(at, count).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
    }

    /** A panel holds what the rows hold that it was made of, and the vectors read it as the definition does. */
    @Property(tries = 100)
    void isThatOfTheRows(@ForAll long seed, @ForAll @IntRange(min = 1, max = 150) int rows,
            @ForAll @IntRange(min = 1, max = 200) int columns) {
        Random random = new Random(seed);
        for (WeightFormat format : new WeightFormat[]{WeightFormat.INT8, WeightFormat.INT4}) {
            Matrix source = Matrices.random(random, WeightFormat.FP32, 1, rows, columns);
            PanelLayout layout = (PanelLayout) WeightLayout.of(format, 64);
            MemorySegment data = Arena.ofAuto().allocate(layout.bytes(rows, columns), 64);
            new MatrixEncoder(source, layout).encode(0, rows, data);
            RowLayout rowLayout = RowLayout.of(format, 64);
            MemorySegment row = Arena.ofAuto().allocate(rowLayout.rowBytes(columns));
            float[] weights = new float[columns];
            int padded = layout.padded(columns);
            float[] decoded = new float[padded * PanelLayout.ROWS];
            for (int r = 0; r < rows; r++) {
                if (r % PanelLayout.ROWS == 0) {
                    ProductMath.best().panels().decode(layout,
                            data.address() + layout.bytes(r, columns), 0, padded, decoded);
                }
                for (int column = 0; column < columns; column++) {
                    weights[column] = source.weight(r, column);
                }
                new RowEncoder(rowLayout).encode(weights, columns, row, 0);
                for (int column = 0; column < columns; column++) {
                    float expected = rowLayout.weight(row, 0L, column);
                    assertThat(layout.weight(data, columns, r, column)).isEqualTo(expected);
                    assertThat(decoded[column * PanelLayout.ROWS + r % PanelLayout.ROWS]).isEqualTo(expected);
                }
            }
        }
    }
}
