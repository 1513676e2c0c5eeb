package io.augserve.onnx.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class TileMathTest {
    private static final TileMath SCALAR = new ScalarTileMath();
    private static final TileMath VECTOR = new VectorTileMath();

    @Test
    void vectorsAreUsedWhereTheModuleIsThere() {
        assertThat(TileMath.best()).isInstanceOf(VectorTileMath.class);
    }

    @Property(tries = 200)
    void bothAgreeOnAnyRange(@ForAll long seed, @ForAll @IntRange(min = 0, max = 40) int from,
            @ForAll @IntRange(min = 1, max = 70) int length) {
        Random random = new Random(seed);
        float[] a = new float[120];
        for (int i = 0; i < a.length; i++) {
            a[i] = random.nextFloat() * 33 - 30;
        }
        float[] b = a.clone();
        int to = from + length;
        float max = SCALAR.max(a, from, to);
        assertThat(VECTOR.max(b, from, to)).isEqualTo(max);
        float total = SCALAR.expAndSum(a, from, to, max);
        assertThat(VECTOR.expAndSum(b, from, to, max)).isCloseTo(total, within(1e-6f * total));
        assertThat(b).containsExactly(a, within(1e-6f));
        SCALAR.scale(a, from, to, 3);
        VECTOR.scale(b, from, to, 3);
        assertThat(b).containsExactly(a, within(1e-5f));
    }

    @Test
    void exponentialIsRightToTheLastBitsAndVanishesFarBelow() {
        float[] x = new float[1001];
        for (int i = 0; i <= 1000; i++) {
            x[i] = -i / 20f;
        }
        float[] e = x.clone();
        VECTOR.expAndSum(e, 0, e.length, 0);
        for (int i = 0; i <= 1000; i++) {
            assertThat(e[i] / Math.exp(x[i])).isCloseTo(1, within(4e-7));
        }
        float[] far = {-1e30f, -200, Float.NEGATIVE_INFINITY, 0};
        VECTOR.expAndSum(far, 0, 4, 0);
        assertThat(far).containsExactly(new float[]{0, 0, 0, 1}, within(1e-37f));
    }

    @Test
    void everyFiniteHalfIsWidenedExactly() {
        try (Arena arena = Arena.ofConfined()) {
            int count = 1 << 16;
            MemorySegment halves = arena.allocate(JAVA_SHORT, count);
            MemorySegment floats = arena.allocate(JAVA_FLOAT, count);
            for (int i = 0; i < count; i++) {
                halves.setAtIndex(JAVA_SHORT, i, (short) i);
            }
            for (TileMath math : new TileMath[]{SCALAR, VECTOR}) {
                math.widen(halves.address(), floats.address(), count - 3);
                for (int i = 0; i < count - 3; i++) {
                    float expected = Float.float16ToFloat((short) i);
                    if (Float.isFinite(expected)) {
                        assertThat(floats.getAtIndex(JAVA_FLOAT, i)).isEqualTo(expected);
                    }
                }
            }
        }
    }

    @Property(tries = 100)
    void bothAgreeOnRotationsAndScaledSums(@ForAll long seed, @ForAll @IntRange(min = 0, max = 40) int half) {
        Random random = new Random(seed);
        float[] a = new float[100];
        for (int i = 0; i < a.length; i++) {
            a[i] = (float) random.nextGaussian();
        }
        float[] b = a.clone();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment angles = arena.allocate(JAVA_FLOAT, 100);
            for (int i = 0; i < 100; i++) {
                angles.setAtIndex(JAVA_FLOAT, i, random.nextFloat());
            }
            SCALAR.rotate(a, 7, half, angles.address(), angles.address() + 4 * half);
            VECTOR.rotate(b, 7, half, angles.address(), angles.address() + 4 * half);
        }
        assertThat(b).containsExactly(a, within(1e-6f));
        SCALAR.addScaled(a, 1, a.clone(), 5, half, 0.5f);
        VECTOR.addScaled(b, 1, b.clone(), 5, half, 0.5f);
        assertThat(b).containsExactly(a, within(1e-6f));
    }
}
