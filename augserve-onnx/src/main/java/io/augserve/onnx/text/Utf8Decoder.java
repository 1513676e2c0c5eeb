package io.augserve.onnx.text;

/**
 * Decodes UTF-8 that arrives in pieces. Ill-formed bytes become U+FFFD, one for each maximal subpart of a character
 * (The Unicode Standard, section 3.9, "U+FFFD Substitution of Maximal Subparts", which is also what the tokenizer's
 * native code does), so that the concatenated output does not depend on where the input was cut. At most three bytes
 * are ever pending.
 */
final class Utf8Decoder {
    private static final char REPLACEMENT = '\uFFFD';

    private int codePoint;
    private int missing;
    // The range of the next continuation byte: narrower than 80..BF after E0, ED, F0 and F4, which rules out overlong
    // forms, surrogates and everything above U+10FFFF.
    private int low;
    private int high;

    /** Appends the characters that are complete after these bytes. */
    void push(byte[] bytes, StringBuilder out) {
        for (byte b : bytes) {
            push(b & 0xFF, out);
        }
    }

    /** The input is over: a character that was begun comes out as U+FFFD. */
    void finish(StringBuilder out) {
        if (missing > 0) {
            out.append(REPLACEMENT);
            missing = 0;
        }
    }

    private void push(int value, StringBuilder out) {
        if (missing == 0) {
            start(value, out);
        } else if (value < low || value > high) {
            out.append(REPLACEMENT);
            start(value, out);
        } else {
            codePoint = (codePoint << 6) | (value & 0x3F);
            expect(missing - 1, 0x80, 0xBF);
            if (missing == 0) {
                out.appendCodePoint(codePoint);
            }
        }
    }

    private void start(int value, StringBuilder out) {
        missing = 0;
        if (value < 0x80) {
            out.append((char) value);
        } else if (value >= 0xC2 && value <= 0xDF) {
            codePoint = value & 0x1F;
            expect(1, 0x80, 0xBF);
        } else if (value >= 0xE0 && value <= 0xEF) {
            codePoint = value & 0x0F;
            expect(2, value == 0xE0 ? 0xA0 : 0x80, value == 0xED ? 0x9F : 0xBF);
        } else if (value >= 0xF0 && value <= 0xF4) {
            codePoint = value & 0x07;
            expect(3, value == 0xF0 ? 0x90 : 0x80, value == 0xF4 ? 0x8F : 0xBF);
        } else {
            out.append(REPLACEMENT);
        }
    }

    private void expect(int more, int lowest, int highest) {
        missing = more;
        low = lowest;
        high = highest;
    }
}
