package io.augserve.examples.simulate;

import io.augserve.examples.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** Reads text files that the user names. */
final class InputFile {
    private InputFile() {}

    /**
     * The lines of a file.
     *
     * @param option that names the file
     * @param expected what it should hold, for the message
     * @throws BadInputException if there is no such file, or it is no text
     */
    static List<String> lines(String option, String file, String expected) {
        try {
            return Files.readAllLines(Path.of(file));
        } catch (NoSuchFileException | InvalidPathException e) {
            throw new BadInputException(option + " " + file + ": there is no such file; expected " + expected);
        } catch (IOException e) {
            throw new BadInputException(option + " " + file + ": cannot be read as UTF-8 text ("
                    + e.getClass().getSimpleName() + "); expected " + expected);
        }
    }
}
