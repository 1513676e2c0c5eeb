package io.augserve.onnx.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Keeps foreign words from becoming markup. The native tokenizer finds added tokens wherever their text stands
 * (leftmost, longest first) before it splits the rest into words. So a text is handed to it in pieces: wherever the
 * text of an added token stands that may not be recognised there, the text is cut behind the token's first character,
 * and the search goes on from the cut. No piece then holds such a text as a whole. A text without one stays in one
 * piece and is tokenized exactly as the published tools do it. Immutable.
 */
final class MarkupGuard {
    /**
     * Where to cut a text.
     *
     * @param cuts positions, ascending, none at an end of the text
     * @param markupTokens how many added tokens the pieces hold
     */
    record Cuts(List<Integer> cuts, int markupTokens) {}

    private final Map<Character, List<AddedToken>> byFirstChar;
    private final Set<Integer> ids;

    MarkupGuard(List<AddedToken> added) {
        List<AddedToken> guarded = added.stream().filter(AddedToken::isMarkup)
                .sorted(Comparator.comparingInt((AddedToken token) -> token.content().length()).reversed()).toList();
        byFirstChar = new HashMap<>();
        for (AddedToken token : guarded) {
            byFirstChar.computeIfAbsent(token.content().charAt(0), first -> new ArrayList<>()).add(token);
        }
        ids = guarded.stream().map(AddedToken::id).collect(Collectors.toUnmodifiableSet());
    }

    /** Whether a token is one that foreign words must not become. */
    boolean isMarkup(int id) {
        return ids.contains(id);
    }

    /**
     * @throws IllegalArgumentException if foreign words hold a special token of a single character, which cannot be cut
     */
    Cuts cuts(MarkedText marked) {
        String text = marked.text();
        List<Integer> cuts = new ArrayList<>();
        int markupTokens = 0;
        int part = 0;
        int at = 0;
        while (at < text.length()) {
            while (marked.parts().get(part).end() <= at) {
                part++;
            }
            AddedToken token = longestAt(text, at);
            if (token == null) {
                at++;
            } else if (allowed(marked, part, at, token)) {
                markupTokens++;
                at += token.content().length();
            } else {
                int cut = at + Character.charCount(token.content().codePointAt(0));
                if (cut == at + token.content().length()) {
                    throw new IllegalArgumentException("text holds '" + token.content()
                            + "' at " + at
                            + ", a one-character token of the chat format, which cannot be written as text");
                }
                cuts.add(cut);
                at = cut;
            }
        }
        return new Cuts(List.copyOf(cuts), markupTokens);
    }

    private @Nullable AddedToken longestAt(String text, int at) {
        for (AddedToken token : byFirstChar.getOrDefault(text.charAt(at), List.of())) {
            if (text.startsWith(token.content(), at)) {
                return token;
            }
        }
        return null;
    }

    private static boolean allowed(MarkedText marked, int firstPart, int at, AddedToken token) {
        int end = at + token.content().length();
        for (int part = firstPart; part < marked.parts().size(); part++) {
            if (!marked.parts().get(part).trust().allows(token)) {
                return false;
            }
            if (marked.parts().get(part).end() >= end) {
                break;
            }
        }
        return true;
    }
}
