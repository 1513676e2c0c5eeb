package io.augserve.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that an option asks to be written. */
public final class OutputFile {
    private OutputFile() {}

    /**
     * Finds out, before work begins whose result would be lost, whether the file can be written; leaves things as they are.
     *
     * @param option that names the file, for the message
     * @throws BadInputException if it cannot
     */
    public static void requireWritable(String option, Path file) {
        boolean isNew = Files.notExists(file);
        try {
            // Nothing else tells for sure: permissions, read-only file systems and missing folders differ by platform.
            Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND).close();
            if (isNew) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new BadInputException(option + " " + file + ": cannot be written (" + e.getClass().getSimpleName()
                    + "); expected a file in a folder that exists");
        }
    }
}
