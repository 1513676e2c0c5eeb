package io.augserve.onnx.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.augserve.onnx.fixture.Mutants;
import io.augserve.onnx.fixture.RandomCheckpoint;
import io.augserve.onnx.fixture.RandomCheckpoint.Family;
import io.augserve.onnx.kernel.Workers;
import io.augserve.onnx.model.ModelFormatException;
import io.augserve.onnx.model.WeightFormat;
import io.augserve.onnx.model.Weights;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterTry;
import net.jqwik.api.lifecycle.BeforeTry;

/**
 * Whatever lies where converted weights are looked for, opening a model ends with the right weights, in a file that is written anew where it must be, or
 * with one exception that names a file.
 */
class WeightCacheProperties {
    private static final List<String> NAMES = List.of("model.layers.0.mlp.down_proj.weight",
            "model.layers.1.self_attn.q_proj.weight");
    private static final WeightFormat FORMAT = WeightFormat.INT4;
    private static final int HEAD = 16;

    private final Workers workers = new Workers(1);
    private Path folder = Path.of("");
    private Path cache = Path.of("");
    private byte[] right = {};
    private List<Float> expected = List.of();

    @BeforeTry
    void convert() throws IOException {
        folder = Files.createTempDirectory("augserve-cache");
        cache = folder.resolve("augserve-int4-g32.weights");
        RandomCheckpoint.of(Family.LLAMA).writeTo(folder);
        expected = weights(workers);
        right = Files.readAllBytes(cache);
    }

    @AfterTry
    void delete() throws IOException {
        workers.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Every weight of the matrices, as they are served. */
    private List<Float> weights(Workers by) {
        try (ServedWeights served = ServedWeights.open(Weights.open(folder), NAMES, Set.of(),
                new WeightOptions(FORMAT, 32, Optional.empty()), by)) {
            List<Float> all = new ArrayList<>();
            for (String name : NAMES) {
                Matrix matrix = served.matrix(name);
                for (int row = 0; row < matrix.rows(); row++) {
                    for (int column = 0; column < matrix.columns(); column++) {
                        all.add(matrix.weight(row, column));
                    }
                }
            }
            return all;
        }
    }

    private void assertMended(byte[] damaged) throws IOException {
        Files.write(cache, damaged);
        assertThat(weights(workers)).isEqualTo(expected);
        assertThat(Files.readAllBytes(cache)).isEqualTo(right);
        assertNothingUnfinished();
    }

    private void assertNothingUnfinished() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).noneMatch(file -> file.toString().endsWith(".tmp") || file.toString().endsWith(".owner"));
        }
    }

    private int headerBytes() {
        return (int) ByteBuffer.wrap(right).order(ByteOrder.LITTLE_ENDIAN).getLong(Long.BYTES);
    }

    /** Where the matrices begin, and where their sums do. */
    private int body() {
        return (HEAD + headerBytes() + 63) / 64 * 64;
    }

    private int sums() {
        return right.length - CachePlan.END.length - NAMES.size() * Integer.BYTES;
    }

    @Property(tries = 200)
    void anyDamage(@ForAll long seed) throws IOException {
        assertMended(Mutants.bytes(right, new Random(seed)));
    }

    /** Around every border, and some lengths between. */
    @Example
    void anyLength() throws IOException {
        Set<Integer> lengths = new TreeSet<>();
        for (int border : new int[]{0, 8, HEAD, HEAD + headerBytes(), body(), sums(), right.length}) {
            for (int length = border - 1; length <= border + 1; length++) {
                lengths.add(length);
            }
        }
        new Random(1).ints(20, 0, right.length).forEach(lengths::add);
        for (int length : lengths) {
            if (length >= 0) {
                assertMended(Arrays.copyOf(right, length));
            }
        }
    }

    /** One bit in every part: mark, length, header, weights, sums, end. */
    @Example
    void anyBitThatCounts() throws IOException {
        Random random = new Random(2);
        for (int[] part : new int[][]{{0, 8}, {8, HEAD}, {HEAD, HEAD + headerBytes()}, {HEAD + headerBytes(), body()},
                {body(), body() + 1}, {sums(), right.length - CachePlan.END.length},
                {right.length - CachePlan.END.length, right.length}}) {
            for (int at : new int[]{part[0], part[1] - 1, random.nextInt(part[0], Math.max(part[0] + 1, part[1]))}) {
                byte[] flipped = right.clone();
                flipped[at] ^= (byte) (1 << random.nextInt(8));
                assertMended(flipped);
            }
        }
    }

    /** Zeros where the weights were, as a disk may leave a file after a power failure. */
    @Example
    void blocksThatWereNeverWritten() throws IOException {
        byte[] lost = right.clone();
        Arrays.fill(lost, body(), sums(), (byte) 0);
        assertMended(lost);
    }

    /** Another model of the same shape, whose file has the same size and time. */
    @Example
    void aCheckpointThatOnlyItsWeightsTellApart() throws IOException {
        Path file = folder.resolve("model.safetensors");
        FileTime time = Files.getLastModifiedTime(file);
        RandomCheckpoint.of(Family.LLAMA).withSeed(8).writeTo(folder);
        Files.setLastModifiedTime(file, time);
        List<Float> other = weights(workers);
        assertThat(other).isNotEqualTo(expected);
        byte[] ofOther = Files.readAllBytes(cache);
        RandomCheckpoint.of(Family.LLAMA).writeTo(folder);
        Files.setLastModifiedTime(file, time);
        assertMended(ofOther);
    }

    @Example
    void linksArePlacesToo() throws IOException {
        Path elsewhere = folder.resolve("elsewhere");
        Files.move(cache, elsewhere);
        Files.createSymbolicLink(cache, elsewhere);
        assertThat(weights(workers)).isEqualTo(expected);
        assertThat(cache).isSymbolicLink();
        Files.delete(elsewhere);
        assertThat(weights(workers)).isEqualTo(expected);
        assertThat(cache).isRegularFile();
        assertThat(Files.readAllBytes(cache)).isEqualTo(right);
    }

    /** Beside it is the temporary folder, where this goes then. */
    @Example
    void aDirectoryInItsPlace() throws IOException {
        Files.delete(cache);
        Files.createDirectory(cache);
        Files.createFile(cache.resolve("file"));
        List<CachePlace> places = CacheFolders.of(folder.resolve("model.safetensors"), WeightLayout.of(FORMAT, 32),
                Optional.empty());
        try {
            assertThat(weights(workers)).isEqualTo(expected);
            assertThat(places.getLast().file()).hasBinaryContent(right);
            assertThat(cache).isDirectory();
            assertNothingUnfinished();
        } finally {
            Files.deleteIfExists(places.getLast().file());
        }
    }

    /** Reading a pipe that nobody writes to would never end. */
    @Example
    void aPipeInItsPlace() throws IOException, InterruptedException {
        Files.delete(cache);
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/mkfifo")), "no mkfifo here");
        assertThat(new ProcessBuilder("/usr/bin/mkfifo", cache.toString()).start().waitFor()).isZero();
        assertThat(weights(workers)).isEqualTo(expected);
        assertThat(Files.readAllBytes(cache)).isEqualTo(right);
    }

    @Example
    void noPermissionToReadOrWrite() throws IOException {
        Files.setPosixFilePermissions(cache, PosixFilePermissions.fromString("---------"));
        assumeFalse(Files.isReadable(cache), "root may read and write anything");
        assertThat(weights(workers)).isEqualTo(expected);
        Files.write(cache, new byte[0]);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("r-xr-xr-x"));
        try {
            assertThat(weights(workers)).isEqualTo(expected);
        } finally {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    /** In a folder of all users, somebody else's file with the right name is not trusted, nor a link. */
    @Example
    void aSharedFolderIsOnlyTrustedWithOwnFiles() throws IOException {
        assertThat(new CachePlace(cache, true).isTrusted()).isTrue();
        Path link = Files.createSymbolicLink(folder.resolve("link"), cache);
        assertThat(new CachePlace(link, true).isTrusted()).isFalse();
        assertThat(new CachePlace(link, false).isTrusted()).isTrue();
        assertNothingUnfinished();
        try {
            Files.setOwner(cache, cache.getFileSystem().getUserPrincipalLookupService()
                    .lookupPrincipalByName("nobody"));
        } catch (IOException e) {
            assumeTrue(false, "only root gives files away");
        }
        assertThat(new CachePlace(cache, true).isTrusted()).isFalse();
    }

    @Example
    void whatWasLeftUnfinishedIsDeletedWhenItIsOld() throws IOException {
        Path old = Files.write(folder.resolve(cache.getFileName() + ".1.tmp"), Arrays.copyOf(right, 99));
        Path young = Files.write(folder.resolve(cache.getFileName() + ".2.tmp"), Arrays.copyOf(right, 99));
        Path other = Files.write(folder.resolve("other.1.tmp"), right);
        FileTime longAgo = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(old, longAgo);
        Files.setLastModifiedTime(other, longAgo);
        Files.delete(cache);
        assertThat(weights(workers)).isEqualTo(expected);
        assertThat(old).doesNotExist();
        assertThat(young).exists();
        assertThat(other).exists();
    }

    /** Each with workers of its own, as engines have. */
    @Example
    void manyAtOnce() throws Exception {
        try (var threads = Executors.newFixedThreadPool(4)) {
            for (int round = 0; round < 10; round++) {
                Files.write(cache, Arrays.copyOf(right, round * 300));
                List<Callable<List<Float>>> tasks = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    tasks.add(() -> {
                        try (Workers own = new Workers(2)) {
                            return weights(own);
                        }
                    });
                }
                for (Future<List<Float>> read : threads.invokeAll(tasks)) {
                    assertThat(read.get()).isEqualTo(expected);
                }
                assertThat(Files.readAllBytes(cache)).isEqualTo(right);
                assertNothingUnfinished();
            }
        }
    }

    /** After its header was read: neither a conversion nor a mapping reaches beyond its end. */
    @Example
    void aCheckpointThatBecomesShorter() throws IOException {
        Weights opened = Weights.open(folder);
        Path file = folder.resolve("model.safetensors");
        Files.delete(cache);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(Files.size(file) / 3);
        }
        for (WeightFormat format : List.of(WeightFormat.AS_STORED, FORMAT)) {
            assertThatExceptionOfType(ModelFormatException.class)
                    .isThrownBy(() -> ServedWeights.open(opened, NAMES, Set.of(),
                            new WeightOptions(format, 32, Optional.empty()), workers))
                    .withMessageContaining(file.toString());
        }
        assertNothingUnfinished();
    }
}
