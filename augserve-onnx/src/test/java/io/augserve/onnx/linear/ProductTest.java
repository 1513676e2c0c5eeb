package io.augserve.onnx.linear;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.onnx.kernel.Workers;
import io.augserve.onnx.model.WeightFormat;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import org.junit.jupiter.api.Test;

class ProductTest {
    private static final Workers WORKERS = new Workers(3);
    private static final ProductMath MATH = ProductMath.best();

    @AfterContainer
    static void close() {
        WORKERS.close();
    }

    private static Part part(ProductMath math, Matrix matrix, float... bias) {
        return Part.of(new Layer(matrix, bias), math);
    }

    private static float[] multiply(ProductMath math, MemorySegment x, int rows, Part part) {
        int width = part.layer().weights().rows();
        MemorySegment y = Matrices.zeros(rows * width);
        new Product(math, WORKERS).multiply(x.address(), rows, List.of(part), new long[]{y.address()});
        return y.toArray(JAVA_FLOAT);
    }

    private static double exact(MemorySegment x, int row, Matrix w, int column) {
        double sum = 0;
        for (int k = 0; k < w.columns(); k++) {
            sum += (double) x.getAtIndex(JAVA_FLOAT, (long) row * w.columns() + k) * w.weight(column, k);
        }
        return sum;
    }

    @Property(tries = 100)
    void isTheProductForAnyShapeAndFormat(@ForAll long seed, @ForAll @IntRange(min = 0, max = 33) int rows,
            @ForAll @IntRange(min = 1, max = 100) int out, @ForAll @IntRange(min = 1, max = 300) int in) {
        Random random = new Random(seed);
        MemorySegment x = Matrices.floats(random, rows * in);
        float[] bias = new float[out];
        for (int i = 0; i < out; i++) {
            bias[i] = i;
        }
        for (WeightFormat format : Matrices.FORMATS) {
            Matrix w = Matrices.random(random, format, 32, out, in);
            float[] y = multiply(MATH, x, rows, part(MATH, w, bias));
            for (int i = 0; i < y.length; i++) {
                assertThat((double) y[i]).as("%s", format).isCloseTo(exact(x, i / out, w, i % out) + i % out,
                        org.assertj.core.data.Offset.offset(1e-4 * Math.sqrt(in)));
            }
        }
    }

    /** Rows so long that they are cut into parts, and so many that there are several blocks. */
    @Test
    void partsAndBlocksGiveTheProductToo() {
        Random random = new Random(5);
        for (int rows : new int[]{1, 9, 200}) {
            int in = 3300;
            Matrix w = Matrices.random(random, WeightFormat.INT4, 128, 37, in);
            MemorySegment x = Matrices.floats(random, rows * in);
            float[] y = multiply(MATH, x, rows, part(MATH, w));
            for (int i = 0; i < y.length; i += 7) {
                assertThat((double) y[i]).isCloseTo(exact(x, i / 37, w, i % 37),
                        org.assertj.core.data.Offset.offset(5e-3));
            }
        }
    }

    /** Bit for bit. */
    @Test
    void aRowsResultDoesNotDependOnTheOthers() {
        Random random = new Random(6);
        int rows = 40;
        for (int in : new int[]{70, 576, 1696, 1700}) {
            for (WeightFormat format : Matrices.FORMATS) {
                Matrix w = Matrices.random(random, format, 64, 50, in);
                MemorySegment x = Matrices.floats(random, rows * in);
                float[] all = multiply(MATH, x, rows, part(MATH, w));
                for (int[] some : new int[][]{{0, 1}, {3, 2}, {7, 4}, {8, 5}, {11, 7}, {39, 1}}) {
                    MemorySegment slice = x.asSlice(4L * some[0] * in, 4L * some[1] * in);
                    float[] alone = multiply(MATH, slice, some[1], part(MATH, w));
                    for (int i = 0; i < alone.length; i++) {
                        assertThat(Float.floatToIntBits(alone[i]))
                                .isEqualTo(Float.floatToIntBits(all[some[0] * 50 + i]));
                    }
                }
            }
        }
    }

    @Test
    void withoutVectorsTheBitsAreTheSame() {
        Random random = new Random(7);
        ProductMath scalar = new ScalarProductMath(MATH.lanes());
        for (int rows : new int[]{1, 3, 5, 13}) {
            for (WeightFormat format : Matrices.FORMATS) {
                for (int in : new int[]{133, 192}) {
                    Matrix w = Matrices.random(random, format, 32, 21, in);
                    MemorySegment x = Matrices.floats(random, rows * in);
                    assertThat(multiply(scalar, x, rows, part(scalar, w)))
                            .isEqualTo(multiply(MATH, x, rows, part(MATH, w)));
                }
            }
        }
    }

    @Test
    void gatesOneProductByAnother() {
        Random random = new Random(8);
        for (ProductMath math : List.of(MATH, new ScalarProductMath(4))) {
            for (int rows : new int[]{1, 2, 20}) {
                Matrix gate = Matrices.random(random, WeightFormat.BF16, 32, 45, 64);
                Matrix up = Matrices.random(random, WeightFormat.BF16, 32, 45, 64);
                MemorySegment x = Matrices.floats(random, rows * 64);
                MemorySegment y = Matrices.zeros(rows * 45);
                new Product(math, WORKERS).gate(x.address(), rows, List.of(part(math, gate), part(math, up)),
                        new long[]{y.address()});
                for (int i = 0; i < rows * 45; i++) {
                    double g = exact(x, i / 45, gate, i % 45);
                    double expected = g / (1 + Math.exp(-g)) * exact(x, i / 45, up, i % 45);
                    assertThat((double) y.getAtIndex(JAVA_FLOAT, i)).isCloseTo(expected,
                            org.assertj.core.data.Offset.offset(1e-4 * (1 + Math.abs(expected))));
                }
            }
        }
    }

    @Test
    void siluOfLargeNumbersIsTheNumberOrNothing() {
        float[] gate = new float[32];
        float[] up = new float[32];
        java.util.Arrays.fill(up, 1);
        gate[0] = 1000;
        gate[1] = -1000;
        gate[2] = -80;
        MATH.gate(gate, up, 32);
        assertThat(gate[0]).isEqualTo(1000);
        assertThat(gate[1]).isBetween(-1e-30f, 0f);
        assertThat(gate[2]).isBetween(-1e-30f, 0f);
        assertThat(gate[3]).isZero();
    }
}
