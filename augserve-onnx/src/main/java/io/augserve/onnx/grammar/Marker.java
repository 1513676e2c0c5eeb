package io.augserve.onnx.grammar;

import java.nio.charset.StandardCharsets;

/** Looks for a text in bytes that arrive one by one, as Knuth, Morris and Pratt do. Immutable: how much of it is matched is the caller's to keep. */
final class Marker {
    private final String text;
    private final byte[] bytes;
    private final int[] fallback;

    /** @param text not empty, shorter than 128 bytes */
    Marker(String text) {
        this.text = text;
        this.bytes = text.getBytes(StandardCharsets.UTF_8);
        this.fallback = new int[bytes.length];
        int matched = 0;
        for (int i = 1; i < bytes.length; i++) {
            while (matched > 0 && bytes[i] != bytes[matched]) {
                matched = fallback[matched - 1];
            }
            matched += bytes[i] == bytes[matched] ? 1 : 0;
            fallback[i] = matched;
        }
    }

    /** How much of the marker is matched after one more byte; nothing may follow the whole of it. */
    int matched(int before, int value) {
        int matched = before;
        while (matched > 0 && (bytes[matched] & 0xff) != value) {
            matched = fallback[matched - 1];
        }
        return (bytes[matched] & 0xff) == value ? matched + 1 : matched;
    }

    /** Whether that much is all of it. */
    boolean isWhole(int matched) {
        return matched == bytes.length;
    }

    String text() {
        return text;
    }
}
