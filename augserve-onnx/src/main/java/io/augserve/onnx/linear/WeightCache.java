package io.augserve.onnx.linear;

import io.augserve.onnx.kernel.Rehearsal;
import io.augserve.onnx.kernel.Workers;
import io.augserve.onnx.model.ModelFormatException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file with matrices in another layout than the checkpoint's, made once and mapped from then on; {@link CachePlan} says what is in it.
 *
 * <p>A file is used only if its length and its head are, byte for byte, those that would be written now, its end is there, and its weights have the sums
 * that stand behind them; anything else is replaced. All of it is read for that, not mapped, so nothing is left in this process's memory. It is written
 * under another name and moved, so that nobody sees a part of it, who writes it at the same time does no harm, and who has mapped an older one keeps
 * that. What a process that died left under such names is deleted by a later one.
 */
final class WeightCache {
    private static final Logger LOG = LoggerFactory.getLogger(WeightCache.class);
    /** After so long without a change, a file that was not finished is nobody's work any more. */
    private static final Duration ABANDONED = Duration.ofHours(1);
    private static final Duration REHEARSAL = Duration.ofSeconds(2);
    private static final int BUFFER_BYTES = 1 << 18;

    private final Path checkpoint;
    private final CachePlan plan;
    private final Workers workers;

    /**
     * @param checkpoint that messages name
     * @param workers that convert and check
     */
    WeightCache(Path checkpoint, CachePlan plan, Workers workers) {
        this.checkpoint = checkpoint;
        this.plan = plan;
        this.workers = workers;
    }

    /** The matrices of the file, mapped, in the order of the sources; empty if it is not there or not this one. */
    Optional<List<Matrix>> open(CachePlace place, MappedFiles files) {
        Path file = place.file();
        // Not anything that might never end, as a pipe.
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return place.isTrusted() && isRight(channel)
                    ? Optional.of(plan.matrices(files.map(channel)))
                    : Optional.empty();
        } catch (IOException | UncheckedIOException e) {
            LOG.debug("{} cannot be read", file, e);
            return Optional.empty();
        }
    }

    private boolean isRight(FileChannel channel) throws IOException {
        int[] sums = new int[plan.chunks()];
        if (channel.size() != plan.size() || !contains(channel, 0, plan.head())
                || !contains(channel, plan.size() - CachePlan.END.length, CachePlan.END)) {
            return false;
        }
        workers.run(sums.length, i -> sums[i] = sum(channel, plan.chunk(i)));
        return contains(channel, plan.sums(), plan.tail(sums));
    }

    private static boolean contains(FileChannel channel, long at, byte[] expected) throws IOException {
        ByteBuffer found = ByteBuffer.allocate(expected.length);
        while (found.hasRemaining() && channel.read(found, at + found.position()) >= 0) {
            // Until all of it is read or the file ends.
        }
        return found.flip().equals(ByteBuffer.wrap(expected));
    }

    private static int sum(FileChannel channel, CachePlan.Chunk chunk) {
        CRC32C sum = new CRC32C();
        try (Arena arena = Arena.ofConfined()) {
            ByteBuffer buffer = arena.allocate(Math.min(BUFFER_BYTES, chunk.bytes())).asByteBuffer();
            for (long done = 0; done < chunk.bytes(); done += buffer.limit()) {
                buffer.clear().limit((int) Math.min(buffer.capacity(), chunk.bytes() - done));
                if (channel.read(buffer, chunk.at() + done) < 0) {
                    break;
                }
                sum.update(buffer.flip());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return (int) sum.getValue();
    }

    /**
     * Converts all matrices and puts the file in its place.
     *
     * @throws IOException if that cannot be done; nothing stays
     * @throws ModelFormatException if a weight is not finite
     */
    void write(Path file) throws IOException {
        Path folder = Files.createDirectories(file.toAbsolutePath().getParent());
        String prefix = file.getFileName() + ".";
        deleteAbandoned(folder, prefix);
        Path temporary = Files.createTempFile(folder, prefix, ".tmp");
        try {
            try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                int[] sums = new int[plan.chunks()];
                Rehearsal.run(plan.rehearsal(), REHEARSAL);
                put(channel, 0, ByteBuffer.wrap(plan.head()));
                workers.run(sums.length, i -> sums[i] = write(channel, plan.chunk(i)));
                put(channel, plan.sums(), ByteBuffer.wrap(plan.tail(sums)));
            }
            move(temporary, file);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        } finally {
            Files.deleteIfExists(temporary);
        }
        LOG.info("wrote {} ({} MB)", file, plan.size() >> 20);
    }

    /** As far as possible: another process may be about it too, or the file be another user's. */
    private static void deleteAbandoned(Path folder, String prefix) {
        Instant latest = Instant.now().minus(ABANDONED);
        try (var files = Files.newDirectoryStream(folder, path -> isTemporary(path, prefix))) {
            for (Path file : files) {
                if (Files.getLastModifiedTime(file).toInstant().isBefore(latest)) {
                    Files.deleteIfExists(file);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            LOG.debug("unfinished files stay in {}", folder, e);
        }
    }

    private static boolean isTemporary(Path path, String prefix) {
        String name = String.valueOf(path.getFileName());
        return name.startsWith(prefix) && name.endsWith(".tmp") && Files.isRegularFile(path);
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Converts a chunk and returns its sum. */
    private int write(FileChannel channel, CachePlan.Chunk chunk) {
        StoredMatrix source = plan.source(chunk.matrix());
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment converted = arena.allocate(chunk.bytes(), Long.BYTES);
            Matrix rows = source.read(chunk.from(), chunk.to(), arena);
            new MatrixEncoder(rows, plan.layout()).encode(0, rows.rows(), converted);
            CRC32C sum = new CRC32C();
            sum.update(converted.asByteBuffer());
            put(channel, chunk.at(), converted.asByteBuffer());
            return (int) sum.getValue();
        } catch (ArithmeticException e) {
            throw new ModelFormatException(checkpoint, "tensor " + source.name(),
                    "a weight that " + plan.layout().format() + " does not have", "finite weights within its range", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void put(FileChannel channel, long at, ByteBuffer bytes) throws IOException {
        long position = at;
        while (bytes.hasRemaining()) {
            position += channel.write(bytes, position);
        }
    }
}
