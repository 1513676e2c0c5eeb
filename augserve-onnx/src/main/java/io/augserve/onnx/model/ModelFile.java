package io.augserve.onnx.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Reads files of a model directory, which may come from anywhere: only regular files, because a pipe or a device may never end, and only
 * up to a size.
 */
public final class ModelFile {
    private ModelFile() {}

    /**
     * Refuses what is no regular file; links to one are fine.
     *
     * @param expected what the file should be, for the message
     * @throws ModelFormatException if there is nothing, or something else
     */
    public static void requireRegular(Path file, String expected) {
        if (Files.notExists(file)) {
            throw new ModelFormatException(file, "file", "no such file", expected);
        }
        if (!Files.isRegularFile(file)) {
            throw new ModelFormatException(file, "file", Files.isDirectory(file) ? "a directory" : "no regular file",
                    expected);
        }
    }

    /**
     * The bytes of a whole file.
     *
     * @param maxBytes that are read at most, at least 0
     * @throws ModelFormatException if it is missing, no regular file, larger or cannot be read
     */
    public static byte[] read(Path file, int maxBytes, String expected) {
        requireRegular(file, expected);
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(maxBytes);
            if (in.read() >= 0) {
                throw new ModelFormatException(file, "file", "more than " + maxBytes + " bytes", "a smaller file");
            }
            return bytes;
        } catch (NoSuchFileException e) {
            throw new ModelFormatException(file, "file", "no such file", expected, e);
        } catch (IOException e) {
            throw new ModelFormatException(file, "file", e.toString(), expected, e);
        }
    }

    /**
     * The text of a whole file.
     *
     * @throws ModelFormatException as {@link #read} does, and if it is not UTF-8
     */
    public static String text(Path file, int maxBytes, String expected) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(read(file, maxBytes, expected)))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new ModelFormatException(file, "file", "malformed UTF-8", "UTF-8 text", e);
        }
    }
}
