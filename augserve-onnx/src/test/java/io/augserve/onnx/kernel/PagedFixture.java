package io.augserve.onnx.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.augserve.onnx.runtime.ElementType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Sequences with random queries, keys and values, a pool of scattered blocks for them, and calls of the kernel over any part of them. The expected
 * output comes from a plain double-precision attention that knows nothing of blocks, tiles or chunks.
 */
final class PagedFixture {
    /** What varies from test to test. */
    record Shape(int heads, int kvHeads, int headSize, int blockSize, int rotaryHalf) {}

    private static final int MAX_BLOCKS = 96;
    private static final double ROTARY_BASE = 10_000;

    private final Arena arena = Arena.ofAuto();
    private final Shape shape;
    private final AttentionAttributes attributes;
    private final KvLayout layout;
    /** [sequence][token]: a row of all heads. */
    private final float[][][] queries;
    private final float[][][] keys;
    private final float[][][] values;
    private final int[] past;
    private final int[][] blocks;
    private final MemorySegment keyCache;
    private final MemorySegment valueCache;
    private final MemorySegment cos;
    private final MemorySegment sin;
    private final int longest;

    PagedFixture(long seed, Shape shape, AttentionAttributes attributes, int... lengths) {
        this(seed, shape, attributes, ElementType.FLOAT, lengths);
    }

    PagedFixture(long seed, Shape shape, AttentionAttributes attributes, ElementType cache, int... lengths) {
        Random random = new Random(seed);
        this.shape = shape;
        this.attributes = attributes;
        this.layout = new KvLayout(lengths.length * MAX_BLOCKS + 3, shape.blockSize(), shape.kvHeads(),
                shape.headSize(), cache);
        queries = rows(random, lengths, shape.heads() * shape.headSize());
        keys = rows(random, lengths, shape.kvHeads() * shape.headSize());
        values = rows(random, lengths, shape.kvHeads() * shape.headSize());
        past = new int[lengths.length];
        blocks = scatter(random, lengths, layout);
        long pool = (long) layout.blocks() * layout.blockSize() * layout.tokenStride();
        keyCache = garbage(pool);
        valueCache = garbage(pool);
        longest = Arrays.stream(lengths).max().orElse(0);
        cos = arena.allocate(JAVA_FLOAT, Math.max(1, (long) longest * shape.rotaryHalf()));
        sin = arena.allocate(JAVA_FLOAT, Math.max(1, (long) longest * shape.rotaryHalf()));
        for (int p = 0; p < longest; p++) {
            for (int i = 0; i < shape.rotaryHalf(); i++) {
                cos.setAtIndex(JAVA_FLOAT, (long) p * shape.rotaryHalf() + i, (float) Math.cos(angle(p, i)));
                sin.setAtIndex(JAVA_FLOAT, (long) p * shape.rotaryHalf() + i, (float) Math.sin(angle(p, i)));
            }
        }
    }

    AttentionAttributes attributes() {
        return attributes;
    }

    int remaining(int sequence) {
        return queries[sequence].length - past[sequence];
    }

    /** Blocks that no window needs any more are named no longer. */
    void forgetBlocksBefore(int sequence, int position) {
        Arrays.fill(blocks[sequence], 0, position / shape.blockSize(), -1);
    }

    /** A call that brings {@code counts[s]} new tokens of each sequence. */
    PagedBatch batch(int... counts) {
        int tokens = Arrays.stream(counts).sum();
        MemorySegment cumulative = arena.allocate(JAVA_INT, counts.length + 1);
        MemorySegment pasts = arena.allocate(JAVA_INT, Math.max(1, counts.length));
        MemorySegment table = arena.allocate(JAVA_INT, Math.max(1, counts.length * MAX_BLOCKS));
        int first = 0;
        for (int s = 0; s < counts.length; s++) {
            first += counts[s];
            cumulative.setAtIndex(JAVA_INT, s + 1, first);
            pasts.setAtIndex(JAVA_INT, s, past[s]);
            MemorySegment.copy(blocks[s], 0, table, JAVA_INT, (long) s * MAX_BLOCKS * Integer.BYTES, MAX_BLOCKS);
        }
        return new PagedBatch(pack(queries, counts), pack(keys, counts), pack(values, counts), keyCache, valueCache,
                cumulative, pasts, table,
                cos, sin, tokens, counts.length, MAX_BLOCKS, longest, attributes.rotary() ? shape.rotaryHalf() : 0,
                layout);
    }

    /** Runs the call and moves the sequences on. Returns the output rows, packed. */
    float[][] run(PagedAttentionKernel kernel, int... counts) {
        PagedBatch batch = batch(counts);
        int width = shape.heads() * shape.headSize();
        MemorySegment output = arena.allocate(JAVA_FLOAT, Math.max(1, (long) batch.tokens() * width));
        kernel.compute(batch, output.address());
        float[][] result = new float[batch.tokens()][width];
        for (int t = 0; t < result.length; t++) {
            MemorySegment.copy(output, JAVA_FLOAT, (long) t * width * Float.BYTES, result[t], 0, width);
        }
        advance(counts);
        return result;
    }

    /** The sequences have so many tokens more in the cache. */
    void advance(int... counts) {
        for (int s = 0; s < counts.length; s++) {
            past[s] += counts[s];
        }
    }

    /** The output row of one token, computed in double precision straight from the definition. */
    double[] expected(int sequence, int position) {
        int size = shape.headSize();
        double scale = attributes.scale() == 0 ? 1 / Math.sqrt(size) : attributes.scale();
        double[] result = new double[shape.heads() * size];
        for (int head = 0; head < shape.heads(); head++) {
            int kvHead = head / attributes.group();
            double[] query = rotated(queries[sequence][position], head * size, position);
            int first = attributes.window() < 0 ? 0 : Math.max(0, position - attributes.window() + 1);
            double[] weights = new double[position + 1];
            double total = 0;
            for (int j = first; j <= position; j++) {
                double[] key = rotated(keys[sequence][j], kvHead * size, j);
                double score = 0;
                for (int d = 0; d < size; d++) {
                    score += query[d] * key[d] * scale;
                }
                score = attributes.softcap() == 0
                        ? score
                        : attributes.softcap() * Math.tanh(score / attributes.softcap());
                weights[j] = Math.exp(score);
                total += weights[j];
            }
            for (int j = first; j <= position; j++) {
                for (int d = 0; d < size; d++) {
                    result[head * size + d] += weights[j] / total * values[sequence][j][kvHead * size + d];
                }
            }
        }
        return result;
    }

    private double[] rotated(float[] row, int from, int position) {
        double[] head = new double[shape.headSize()];
        Arrays.setAll(head, d -> row[from + d]);
        int half = attributes.rotary() ? shape.rotaryHalf() : 0;
        for (int i = 0; i < half; i++) {
            double a = head[i];
            double b = head[i + half];
            head[i] = a * Math.cos(angle(position, i)) - b * Math.sin(angle(position, i));
            head[i + half] = b * Math.cos(angle(position, i)) + a * Math.sin(angle(position, i));
        }
        return head;
    }

    private double angle(int position, int pair) {
        return position * Math.pow(ROTARY_BASE, -(double) pair / shape.rotaryHalf());
    }

    private MemorySegment pack(float[][][] rows, int[] counts) {
        int width = rows[0][0].length;
        MemorySegment packed = arena.allocate(JAVA_FLOAT,
                Math.max(1, Arrays.stream(counts).sum() * (long) width));
        long at = 0;
        for (int s = 0; s < counts.length; s++) {
            for (int t = past[s]; t < past[s] + counts[s]; t++) {
                MemorySegment.copy(rows[s][t], 0, packed, JAVA_FLOAT, at * Float.BYTES, width);
                at += width;
            }
        }
        return packed;
    }

    /** What was never written must never be read: a pool of NaN shows it, in either type. */
    private MemorySegment garbage(long elements) {
        MemorySegment pool = arena.allocate(layout.type().bytes(elements), 64);
        return pool.fill((byte) 0x7F);
    }

    private static float[][][] rows(Random random, int[] lengths, int width) {
        float[][][] rows = new float[lengths.length][][];
        for (int s = 0; s < lengths.length; s++) {
            rows[s] = new float[lengths[s]][width];
            for (float[] row : rows[s]) {
                for (int i = 0; i < width; i++) {
                    row[i] = (float) random.nextGaussian();
                }
            }
        }
        return rows;
    }

    /** Gives every sequence its blocks out of a shuffled pool; what it does not need is -1. */
    private static int[][] scatter(Random random, int[] lengths, KvLayout layout) {
        List<Integer> free = new ArrayList<>();
        for (int b = 0; b < layout.blocks(); b++) {
            free.add(b);
        }
        Collections.shuffle(free, random);
        int[][] blocks = new int[lengths.length][MAX_BLOCKS];
        for (int s = 0; s < lengths.length; s++) {
            int needed = (lengths[s] + layout.blockSize() - 1) / layout.blockSize();
            for (int b = 0; b < MAX_BLOCKS; b++) {
                blocks[s][b] = b < needed ? free.removeLast() : -1;
            }
        }
        return blocks;
    }
}
