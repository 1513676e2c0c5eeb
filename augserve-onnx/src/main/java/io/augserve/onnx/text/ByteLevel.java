package io.augserve.onnx.text;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The alphabet of byte-level BPE (GPT-2): every byte is written as one printable character, so that a vocabulary is
 * readable text. Printable Latin-1 stands for itself; the other 68 bytes, in their order, for the characters from
 * U+0100 on.
 */
final class ByteLevel {
    private static final int[] BYTE_OF_CHAR = table();

    private ByteLevel() {}

    /** The bytes that a token's name stands for; one with a character outside the alphabet stands for its own UTF-8. */
    static byte[] bytes(String name) {
        byte[] bytes = new byte[name.length()];
        for (int i = 0; i < bytes.length; i++) {
            char c = name.charAt(i);
            int value = c < BYTE_OF_CHAR.length ? BYTE_OF_CHAR[c] : -1;
            if (value < 0) {
                return name.getBytes(StandardCharsets.UTF_8);
            }
            bytes[i] = (byte) value;
        }
        return bytes;
    }

    private static int[] table() {
        int[] table = new int[256 + 68];
        Arrays.fill(table, -1);
        int next = 256;
        for (int value = 0; value < 256; value++) {
            boolean printable = (value >= '!' && value <= '~') || (value >= 0xA1 && value <= 0xAC) || value >= 0xAE;
            table[printable ? value : next++] = value;
        }
        return table;
    }
}
