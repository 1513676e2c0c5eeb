package io.augserve.onnx.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Text of which each part is known to be the chat format's own or somebody else's words.
 *
 * @param text the whole text, without unpaired surrogates
 * @param parts what each stretch of it is, in order and without gaps
 */
record MarkedText(String text, List<Part> parts) {
    /** Whose words they are, and so which added tokens may be recognised in them. */
    enum Trust {
        /** The chat format's own: all of them. */
        MARKUP,
        /** An assistant's earlier turn: tags such as {@code <think>}, its own words, but no special token. */
        SPOKEN,
        /** Everything else, by whomever: none. */
        CONTENT;

        boolean allows(AddedToken token) {
            return this == MARKUP || (this == SPOKEN && !token.special());
        }
    }

    /**
     * A stretch from the end of the one before.
     *
     * @param end where it ends in the text
     * @param trust whose words it holds
     */
    record Part(int end, Trust trust) {}

    MarkedText {
        parts = List.copyOf(parts);
    }

    /** Foreign words alone. */
    static MarkedText content(String text) {
        return new Builder().content(text).build();
    }

    /** The chat format's own words alone. */
    static MarkedText markup(String text) {
        return new Builder().markup(text).build();
    }

    /** Puts the text together from left to right. */
    static final class Builder {
        private final StringBuilder text = new StringBuilder();
        private final List<Part> parts = new ArrayList<>();

        Builder markup(String words) {
            return append(words, Trust.MARKUP);
        }

        Builder spoken(String words) {
            return append(words, Trust.SPOKEN);
        }

        Builder content(String words) {
            return append(words, Trust.CONTENT);
        }

        MarkedText build() {
            return new MarkedText(text.toString(), parts);
        }

        private Builder append(String words, Trust trust) {
            if (!words.isEmpty()) {
                text.append(wellFormed(words));
                parts.add(new Part(text.length(), trust));
            }
            return this;
        }

        /** Unpaired surrogates have no UTF-8; U+FFFD takes their place. */
        private static String wellFormed(String words) {
            StringBuilder repaired = new StringBuilder(words);
            for (int i = 0; i < words.length(); i++) {
                if (Character.isSurrogate(words.charAt(i))) {
                    if (Character.isSurrogatePair(words.charAt(i),
                            i + 1 < words.length() ? words.charAt(i + 1) : ' ')) {
                        i++;
                    } else {
                        repaired.setCharAt(i, '\uFFFD');
                    }
                }
            }
            return repaired.toString();
        }
    }
}
