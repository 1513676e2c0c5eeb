package io.augserve.examples.bench;

import io.augserve.examples.BadInputException;
import io.augserve.examples.EmbeddedModel;
import io.augserve.onnx.RandomWeights;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;

/**
 * The model that {@code --model} names. One of random weights lies in a temporary directory, which is deleted when this is closed or
 * the JVM ends.
 *
 * @param name for reports
 * @param directory to be opened
 * @param temporary what to delete in the end
 */
public record BenchModel(String name, Path directory, Optional<Path> temporary) implements AutoCloseable {
    private static final String RANDOM = "random:";
    private static final long SEED = 1;

    /**
     * Finds the model, or makes one.
     *
     * @param option a directory, or {@code random:} and a published shape; the small model that comes along without it
     * @throws BadInputException if there is no such shape, or no room for it
     */
    public static BenchModel of(Optional<String> option) throws IOException {
        String name = option.orElse("");
        if (name.startsWith(RANDOM)) {
            String title = name.substring(RANDOM.length());
            return random(PublishedShape.named(title).orElseThrow(() -> new BadInputException(
                    "--model: there is no shape '" + title + "'; expected random: with one of "
                            + PublishedShape.titles())));
        }
        try {
            Path directory = option.map(Path::of).orElseGet(EmbeddedModel::directory);
            return new BenchModel(String.valueOf(directory.toAbsolutePath().normalize().getFileName()), directory,
                    Optional.empty());
        } catch (InvalidPathException e) {
            throw new BadInputException("--model: '" + name + "' is no path");
        }
    }

    private static BenchModel random(PublishedShape shape) throws IOException {
        Path temporary = Files.createTempDirectory("augserve-random-");
        Path directory = Files.createDirectory(temporary.resolve(shape.title()));
        BenchModel model = new BenchModel(RANDOM + shape.title(), directory, Optional.of(temporary));
        try {
            // In the order in which they must not be deleted.
            temporary.toFile().deleteOnExit();
            directory.toFile().deleteOnExit();
            Path config = Files.writeString(directory.resolve("config.json"), shape.config());
            config.toFile().deleteOnExit();
            directory.resolve("model.safetensors").toFile().deleteOnExit();
            requireRoom(directory, RandomWeights.bytes(directory));
            RandomWeights.write(directory, SEED);
            return model;
        } catch (IOException | RuntimeException e) {
            model.close();
            throw e;
        }
    }

    private static void requireRoom(Path directory, long bytes) throws IOException {
        long room = Files.getFileStore(directory).getUsableSpace();
        if (room < bytes) {
            throw new BadInputException("--model: random weights take " + (bytes >> 20) + " MB in " + directory
                    + ", where " + (room >> 20) + " MB are free; -Djava.io.tmpdir=DIR puts them elsewhere");
        }
    }

    /** What cannot be deleted, as a file that is mapped on Windows, goes with the JVM. */
    @Override
    public void close() {
        if (temporary.isPresent()) {
            // The weights, the configuration, and weights that were converted.
            for (File file : Objects.requireNonNullElse(directory.toFile().listFiles(), new File[0])) {
                file.delete();
            }
            directory.toFile().delete();
            temporary.get().toFile().delete();
        }
    }
}
