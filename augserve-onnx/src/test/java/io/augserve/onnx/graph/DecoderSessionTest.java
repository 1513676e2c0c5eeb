package io.augserve.onnx.graph;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.onnx.fixture.RandomCheckpoint;
import io.augserve.onnx.fixture.RandomCheckpoint.Family;
import io.augserve.onnx.fixture.ReferenceDecoder;
import io.augserve.onnx.graph.PagedDecoder.Chunk;
import io.augserve.onnx.model.ModelDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs the written graphs with the Java attention kernel and compares every logit with the reference decoder's. */
class DecoderSessionTest {
    private static final double TOLERANCE = 1e-4;
    private static final int VOCAB = 64;
    private static final int BLOCK_SIZE = 16;
    /** Cache blocks of three sequences, scattered over a pool of ten. */
    private static final List<List<Integer>> BLOCKS = List.of(List.of(5, 9, 7), List.of(3, 2, 8), List.of(4, 1));
    /** New tokens of each sequence in each run: prefill and decode mixed, a prompt in chunks, a sequence that waits. */
    private static final int[][] MIXED = {{17, 3, 0}, {1, 20, 0}, {1, 1, 8}, {1, 1, 1}, {5, 2, 1}, {1, 1, 1},
            {14, 5, 14}};

    @TempDir
    private Path directory;

    static Stream<Arguments> families() {
        return Stream.of(Family.values())
                .flatMap(family -> Stream.of("F32", "F16", "BF16").map(dtype -> Arguments.of(family, dtype)));
    }

    @ParameterizedTest
    @MethodSource("families")
    void mixedPackedBatchesGiveTheReferencesLogits(Family family, String dtype) throws IOException {
        assertThat(worstDifference(RandomCheckpoint.of(family).withDtype(dtype), MIXED, true)).isLessThan(TOLERANCE);
    }

    @ParameterizedTest
    @MethodSource("families")
    void onePackedPrefillGivesTheReferencesLogits(Family family, String dtype) throws IOException {
        RandomCheckpoint tiedShards = RandomCheckpoint.of(family).withDtype(dtype).withTied(true).withShards(3);
        assertThat(worstDifference(tiedShards, new int[][]{{40, 33, 25}}, true)).isLessThan(TOLERANCE);
        assertThat(worstDifference(tiedShards, new int[][]{{40, 33, 25}}, false)).isLessThan(TOLERANCE);
    }

    @Test
    void decodingTokenByTokenGivesTheReferencesLogits() throws IOException {
        int[][] singles = IntStream.range(0, 25).mapToObj(i -> new int[]{1, 1, 1}).toArray(int[][]::new);
        assertThat(worstDifference(RandomCheckpoint.of(Family.MISTRAL), singles, true)).isLessThan(TOLERANCE);
    }

    @Test
    void logitsAreComputedForTheRowsThatAreAskedFor() throws IOException {
        ModelDirectory model = model(RandomCheckpoint.of(Family.LLAMA));
        List<Integer> tokens = List.of(3, 1, 4, 1, 5);
        try (PagedDecoder decoder = new PagedDecoder(model, 2, BLOCK_SIZE)) {
            List<Chunk> batch = List.of(new Chunk(tokens, 0, List.of(1)));
            float[][] all = decoder.run(batch, 0, 1, 2, 3, 4);
            assertThat(decoder.run(batch, 4, 1, 4)).isDeepEqualTo(new float[][]{all[4], all[1], all[4]});
            assertThat(decoder.run(batch)).isEmpty();
        }
    }

    /** As in Hugging Face's cache, which keeps the files in one folder and links to them in another. */
    @Test
    void weightsMayLieBehindLinks() throws IOException {
        Path blobs = Files.createDirectory(directory.resolve("blobs"));
        Path snapshot = Files.createDirectory(directory.resolve("snapshot"));
        RandomCheckpoint.of(Family.LLAMA).withVocab(VOCAB).writeTo(snapshot);
        Path blob = Files.move(snapshot.resolve("model.safetensors"), blobs.resolve("0123abcd"));
        Files.createSymbolicLink(snapshot.resolve("model.safetensors"), blob);
        try (PagedDecoder decoder = new PagedDecoder(ModelDirectory.open(snapshot), 2, BLOCK_SIZE)) {
            assertThat(decoder.run(List.of(new Chunk(List.of(3, 1), 0, List.of(1))), 1)).hasDimensions(1, VOCAB);
        }
    }

    private double worstDifference(RandomCheckpoint checkpoint, int[][] plan, boolean product) throws IOException {
        ModelDirectory model = model(checkpoint);
        ReferenceDecoder reference = ReferenceDecoder.read(directory);
        List<List<Integer>> sequences = sequences(plan);
        List<double[][]> expected = sequences.stream()
                .map(tokens -> reference.logits(tokens.stream().mapToInt(Integer::intValue).toArray())).toList();
        int[] past = new int[sequences.size()];
        double worst = 0;
        try (PagedDecoder decoder = new PagedDecoder(model, 10, BLOCK_SIZE, product)) {
            for (int[] counts : plan) {
                List<Chunk> batch = new ArrayList<>();
                List<double[]> wanted = new ArrayList<>();
                for (int s = 0; s < counts.length; s++) {
                    int end = past[s] + counts[s];
                    batch.add(new Chunk(sequences.get(s).subList(past[s], end), past[s], BLOCKS.get(s)));
                    wanted.addAll(List.of(expected.get(s)).subList(past[s], end));
                    past[s] = end;
                }
                float[][] logits = decoder.run(batch, IntStream.range(0, wanted.size()).toArray());
                assertThat(logits).hasDimensions(wanted.size(), VOCAB);
                for (int row = 0; row < logits.length; row++) {
                    worst = Math.max(worst, difference(logits[row], wanted.get(row)));
                }
            }
        }
        return worst;
    }

    private ModelDirectory model(RandomCheckpoint checkpoint) throws IOException {
        return ModelDirectory.open(checkpoint.withVocab(VOCAB).writeTo(directory));
    }

    /** Random tokens, as many as the plan takes of each sequence. */
    private static List<List<Integer>> sequences(int[][] plan) {
        Random random = new Random(11);
        return IntStream.range(0, plan[0].length).mapToObj(s -> {
            int length = Stream.of(plan).mapToInt(counts -> counts[s]).sum();
            return random.ints(length, 0, VOCAB).boxed().toList();
        }).toList();
    }

    private static double difference(float[] actual, double[] expected) {
        return IntStream.range(0, actual.length).mapToDouble(i -> Math.abs(actual[i] - expected[i]))
                .max().orElseThrow();
    }
}
