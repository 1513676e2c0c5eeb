package io.augserve.examples.simulate;

import io.augserve.examples.BadInputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Reads text files that the user names. */
final class InputFile {
    /** A file may be a device or a pipe that never ends; a trace of a million requests is a third of this. */
    private static final int MAX_BYTES = 512 << 20;

    private InputFile() {}

    /**
     * The lines of a file.
     *
     * @param option that names the file
     * @param expected what it should hold, for the message
     * @throws BadInputException if there is no such file, it is no text, or it is too large
     */
    static List<String> lines(String option, String file, String expected) {
        try {
            return read(option, Path.of(file));
        } catch (NoSuchFileException | InvalidPathException e) {
            throw new BadInputException(option + " " + file + ": there is no such file; expected " + expected);
        } catch (IOException e) {
            throw new BadInputException(option + " " + file + ": cannot be read as UTF-8 text ("
                    + e.getClass().getSimpleName() + "); expected " + expected);
        }
    }

    private static List<String> read(String option, Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_BYTES);
            if (in.read() >= 0) {
                throw new BadInputException(
                        option + " " + file + ": expected at most " + MAX_BYTES + " bytes, got more");
            }
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString().lines().toList();
        }
    }
}
