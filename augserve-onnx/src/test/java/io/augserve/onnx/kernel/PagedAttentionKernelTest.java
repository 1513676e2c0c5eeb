package io.augserve.onnx.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.augserve.onnx.kernel.PagedFixture.Shape;
import io.augserve.onnx.runtime.ElementType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PagedAttentionKernelTest {
    private static final double EPSILON = 1e-5;
    /** Normal keys and values reach 5 or so, scores of them 10; their errors add up to some 2^-11 of that. */
    private static final double HALF_EPSILON = 1e-2;
    private static final Workers WORKERS = new Workers(2);

    private static AttentionAttributes plain(Shape shape) {
        return new AttentionAttributes(shape.heads(), shape.kvHeads(), 0, -1, 0, true);
    }

    private static PagedAttentionKernel kernel(AttentionAttributes attributes, TileMath math) {
        return new PagedAttentionKernel(attributes, math, WORKERS, ElementType.FLOAT);
    }

    private static PagedAttentionKernel halfKernel(AttentionAttributes attributes, TileMath math) {
        return new PagedAttentionKernel(attributes, math, WORKERS, ElementType.FLOAT16);
    }

    /** Runs the sequences to their end by calls of these many tokens per sequence, each output row checked against the reference. */
    private static void assertExact(PagedFixture fixture, TileMath math, int[]... calls) {
        PagedAttentionKernel kernel = kernel(fixture.attributes(), math);
        int[] done = new int[calls[0].length];
        for (int[] counts : calls) {
            float[][] rows = fixture.run(kernel, counts);
            int row = 0;
            for (int s = 0; s < counts.length; s++) {
                for (int t = 0; t < counts[s]; t++) {
                    assertThat(difference(rows[row], fixture.expected(s, done[s] + t)))
                            .as("sequence %d, position %d", s, done[s] + t)
                            .isLessThan(EPSILON);
                    row++;
                }
                done[s] += counts[s];
            }
        }
    }

    static Stream<Shape> shapes() {
        return Stream.of(new Shape(2, 2, 16, 16, 8), new Shape(4, 2, 32, 16, 16), new Shape(8, 2, 64, 32, 32),
                new Shape(7, 1, 64, 16, 32),
                new Shape(4, 4, 80, 16, 40), new Shape(4, 1, 128, 256, 64), new Shape(2, 1, 24, 16, 12),
                new Shape(14, 2, 8, 48, 4), new Shape(4, 2, 32, 24, 16), new Shape(2, 2, 16, 5, 8),
                new Shape(4, 2, 64, 16, 16));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void mixOfPrefillChunksAndDecodesIsExact(Shape shape) {
        int[][] calls = {{17, 3, 0}, {1, 70, 0}, {1, 1, 8}, {1, 1, 1}, {45, 2, 0}, {1, 1, 1}};
        for (TileMath math : new TileMath[]{new ScalarTileMath(), new VectorTileMath()}) {
            assertExact(new PagedFixture(1, shape, plain(shape), 66, 78, 10), math, calls);
        }
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void windowIsExactAndNeedsNoBlocksBeforeIt(Shape shape) {
        for (int window : new int[]{1, 7, 16, 33}) {
            AttentionAttributes attributes = new AttentionAttributes(shape.heads(), shape.kvHeads(), 0, window, 0,
                    true);
            PagedFixture fixture = new PagedFixture(2, shape, attributes, 90, 50);
            PagedAttentionKernel kernel = kernel(attributes, new VectorTileMath());
            fixture.run(kernel, 60, 40);
            fixture.forgetBlocksBefore(0, 60 - window + 1 < 0 ? 0 : 60 - window + 1);
            float[][] rows = fixture.run(kernel, 30, 10);
            for (int t = 0; t < 30; t++) {
                assertThat(difference(rows[t], fixture.expected(0, 60 + t))).isLessThan(EPSILON);
            }
            for (int t = 0; t < 10; t++) {
                assertThat(difference(rows[30 + t], fixture.expected(1, 40 + t))).isLessThan(EPSILON);
            }
        }
    }

    @Test
    void scaleSoftcapAndNoRotationAreExact() {
        Shape shape = new Shape(4, 2, 32, 16, 16);
        for (TileMath math : new TileMath[]{new ScalarTileMath(), new VectorTileMath()}) {
            assertExact(new PagedFixture(3, shape, new AttentionAttributes(4, 2, 0.3f, -1, 2f, false), 40), math,
                    new int[]{30}, new int[]{10});
        }
    }

    /** Beyond one range of positions, decodes are cut by position and merged; prefill chunks are not. */
    @Test
    void longContextsAreExactHoweverTheyAreCut() {
        Shape shape = new Shape(6, 2, 32, 32, 16);
        int length = 2 * Pieces.RANGE + 40;
        for (int window : new int[]{-1, Pieces.RANGE + 7}) {
            AttentionAttributes attributes = new AttentionAttributes(6, 2, 0, window, 0, true);
            for (TileMath math : new TileMath[]{new ScalarTileMath(), new VectorTileMath()}) {
                PagedFixture fixture = new PagedFixture(7, shape, attributes, length, length);
                fixture.advance(0, 0);
                PagedAttentionKernel kernel = kernel(attributes, math);
                fixture.run(kernel, length - 12, Pieces.RANGE);
                int first = Pieces.RANGE;
                for (int[] counts : new int[][]{{1, 1}, {8, 20}, {3, 1}}) {
                    float[][] rows = fixture.run(kernel, counts);
                    for (int t = 0; t < counts[1]; t++) {
                        assertThat(difference(rows[counts[0] + t], fixture.expected(1, first + t)))
                                .isLessThan(EPSILON);
                    }
                    first += counts[1];
                }
            }
        }
    }

    /** To the bit: neither the rest of a batch nor the threads matter. */
    @Test
    void decodeDoesNotDependOnBatchMatesOrThreads() {
        Shape shape = new Shape(6, 2, 64, 16, 32);
        int length = Pieces.RANGE + 200;
        AttentionAttributes attributes = plain(shape);
        PagedFixture together = new PagedFixture(8, shape, attributes, length, 90);
        PagedFixture alone = new PagedFixture(8, shape, attributes, length, 90);
        PagedAttentionKernel many = kernel(attributes, new VectorTileMath());
        try (Workers one = new Workers(1)) {
            PagedAttentionKernel single = new PagedAttentionKernel(attributes, new VectorTileMath(), one,
                    ElementType.FLOAT);
            together.run(many, length - 3, 80);
            alone.run(single, length - 3, 0);
            for (int i = 0; i < 3; i++) {
                float[] expected = alone.run(single, 1, 0)[0];
                assertThat(together.run(many, 1, 2 + i)[0]).containsExactly(expected);
            }
        }
    }

    /** Of fp16, keys and values have 11 bits: relative error 2^-11 of a score and of a value. */
    @Property(tries = 30)
    void halfPrecisionStaysWithinItsRounding(@ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int kvHeads,
            @ForAll @IntRange(min = 1, max = 4) int group, @ForAll @IntRange(min = 1, max = 16) int eighths,
            @ForAll @IntRange(min = 3, max = 6) int blockBits) {
        Random random = new Random(seed);
        Shape shape = new Shape(kvHeads * group, kvHeads, 8 * eighths, 1 << blockBits, 4 * eighths);
        AttentionAttributes attributes = plain(shape);
        int[] lengths = {1 + random.nextInt(100), 1 + random.nextInt(100)};
        PagedFixture scalar = new PagedFixture(seed, shape, attributes, ElementType.FLOAT16, lengths);
        PagedFixture vector = new PagedFixture(seed, shape, attributes, ElementType.FLOAT16, lengths);
        float[][] first = scalar.run(halfKernel(attributes, new ScalarTileMath()), lengths);
        float[][] second = vector.run(halfKernel(attributes, new VectorTileMath()), lengths);
        for (int row = 0; row < first.length; row++) {
            int sequence = row < lengths[0] ? 0 : 1;
            double[] expected = scalar.expected(sequence, row - sequence * lengths[0]);
            assertThat(difference(first[row], expected)).isLessThan(HALF_EPSILON);
            assertThat(second[row]).containsExactly(first[row], within((float) EPSILON));
        }
    }

    @Test
    void twoKeysByHand() {
        // One head of size 1, no rotation, scale 1: query 1 over keys 0 and ln 3 weighs the values 4 and 8 by 1/4 and 3/4.
        Shape shape = new Shape(1, 1, 1, 16, 0);
        PagedFixture fixture = new PagedFixture(4, shape, new AttentionAttributes(1, 1, 1, -1, 0, false), 2);
        PagedBatch batch = fixture.batch(2);
        batch.query().setAtIndex(ValueLayout.JAVA_FLOAT, 1, 1);
        batch.key().setAtIndex(ValueLayout.JAVA_FLOAT, 0, 0);
        batch.key().setAtIndex(ValueLayout.JAVA_FLOAT, 1, (float) Math.log(3));
        batch.value().setAtIndex(ValueLayout.JAVA_FLOAT, 0, 4);
        batch.value().setAtIndex(ValueLayout.JAVA_FLOAT, 1, 8);
        MemorySegment output = Arena.ofAuto().allocate(ValueLayout.JAVA_FLOAT, 2);
        kernel(fixture.attributes(), new ScalarTileMath()).compute(batch, output.address());
        assertThat(output.getAtIndex(ValueLayout.JAVA_FLOAT, 0)).isEqualTo(4);
        assertThat(output.getAtIndex(ValueLayout.JAVA_FLOAT, 1)).isCloseTo(7, within(1e-5f));
    }

    @Property(tries = 60)
    void resultDoesNotDependOnChunksOrInstructions(@ForAll long seed, @ForAll @IntRange(min = 1, max = 3) int kvHeads,
            @ForAll @IntRange(min = 1, max = 8) int group, @ForAll @IntRange(min = 1, max = 16) int eighths,
            @ForAll @IntRange(min = 3, max = 8) int blockBits, @ForAll @IntRange(min = 0, max = 40) int window) {
        Random random = new Random(seed);
        Shape shape = new Shape(kvHeads * group, kvHeads, 8 * eighths, 1 << blockBits, 4 * eighths);
        AttentionAttributes attributes = new AttentionAttributes(shape.heads(), kvHeads, 0, window == 0 ? -1 : window,
                0, true);
        int[] lengths = {1 + random.nextInt(100), 1 + random.nextInt(100), 1 + random.nextInt(20)};
        PagedFixture whole = new PagedFixture(seed, shape, attributes, lengths);
        float[][] expected = whole.run(kernel(attributes, new ScalarTileMath()), lengths);
        PagedFixture chunked = new PagedFixture(seed, shape, attributes, lengths);
        PagedAttentionKernel kernel = kernel(attributes, new VectorTileMath());
        int[] first = {0, lengths[0], lengths[0] + lengths[1]};
        int[] done = new int[3];
        while (chunked.remaining(0) + chunked.remaining(1) + chunked.remaining(2) > 0) {
            int[] counts = new int[3];
            for (int s = 0; s < 3; s++) {
                counts[s] = Math.min(chunked.remaining(s), random.nextInt(30));
            }
            float[][] rows = chunked.run(kernel, counts);
            int row = 0;
            for (int s = 0; s < 3; s++) {
                for (int t = 0; t < counts[s]; t++) {
                    assertThat(rows[row++]).containsExactly(expected[first[s] + done[s] + t], within((float) EPSILON));
                }
                done[s] += counts[s];
            }
        }
    }

    @Test
    void batchWithoutTokensWritesNothing() {
        Shape shape = new Shape(2, 1, 16, 16, 8);
        PagedFixture fixture = new PagedFixture(5, shape, plain(shape), 5, 5);
        assertThat(fixture.run(kernel(fixture.attributes(), new VectorTileMath()), 0, 0)).isEmpty();
    }

    @Test
    void wrongIndicesAreNamed() {
        Shape shape = new Shape(2, 1, 16, 16, 8);
        PagedFixture fixture = new PagedFixture(6, shape, plain(shape), 40);
        PagedAttentionKernel kernel = kernel(fixture.attributes(), new ScalarTileMath());
        PagedBatch block = fixture.batch(40);
        block.blockTable().setAtIndex(ValueLayout.JAVA_INT, 1, 99);
        assertThatIllegalArgumentException().isThrownBy(() -> kernel.compute(block, 0))
                .withMessage("block_table[0][1] is 99, but the cache has the blocks 0 to 98");
        PagedBatch cumulative = fixture.batch(40);
        cumulative.cumulative().setAtIndex(ValueLayout.JAVA_INT, 1, 39);
        assertThatIllegalArgumentException().isThrownBy(() -> kernel.compute(cumulative, 0))
                .withMessage("cumulative_sequence_length must run from 0 to 40 tokens, got 0 to 39");
        PagedBatch past = fixture.batch(40);
        past.past().setAtIndex(ValueLayout.JAVA_INT, 0, 1);
        assertThatIllegalArgumentException().isThrownBy(() -> kernel.compute(past, 0))
                .withMessage("sequence 0 has 41 tokens, but cos_cache has 40 rows");
        PagedBatch room = fixture.batch(40);
        room.past().setAtIndex(ValueLayout.JAVA_INT, 0, 1500);
        assertThatIllegalArgumentException().isThrownBy(() -> kernel.compute(room, 0))
                .withMessage("sequence 0 has 1540 tokens, but block_table has room for 1536");
    }

    @Test
    void attributesAreChecked() {
        assertThatIllegalArgumentException().isThrownBy(() -> new AttentionAttributes(6, 4, 0, -1, 0, true))
                .withMessage("kv_num_heads must be positive and divide num_heads 6, got 4");
        assertThatIllegalArgumentException().isThrownBy(() -> new AttentionAttributes(6, 3, 0, 0, 0, true))
                .withMessage("local_window_size must be -1 (none) or positive, got 0");
    }

    /** The largest absolute difference; NaN if there is one. */
    private static double difference(float[] actual, double[] expected) {
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            largest = Math.max(largest, Math.abs(actual[i] - expected[i]));
        }
        return largest;
    }
}
