package io.augserve.serving;

import java.util.List;

/**
 * Cuts a stream of text at the first occurrence of any stop string. Text that may turn out to be the beginning of one is held
 * back, at most as much as the longest stop string less one character.
 */
final class StopStrings {
    private final List<String> stops;
    private final StringBuilder held = new StringBuilder();
    private boolean matched;

    StopStrings(List<String> stops) {
        this.stops = stops;
    }

    /** The text that is now safe to show; nothing more after a match. */
    String push(String text) {
        if (matched) {
            return "";
        }
        if (stops.isEmpty()) {
            return text;
        }
        held.append(text);
        int at = firstMatch();
        if (at >= 0) {
            matched = true;
            String safe = held.substring(0, at);
            held.setLength(0);
            return safe;
        }
        int keep = longestOpenSuffix();
        String safe = held.substring(0, held.length() - keep);
        held.delete(0, held.length() - keep);
        return safe;
    }

    /** What was held back, when no more text comes. */
    String finish() {
        String rest = held.toString();
        held.setLength(0);
        return rest;
    }

    boolean matched() {
        return matched;
    }

    private int firstMatch() {
        int first = -1;
        for (String stop : stops) {
            int at = held.indexOf(stop);
            if (at >= 0 && (first < 0 || at < first)) {
                first = at;
            }
        }
        return first;
    }

    private int longestOpenSuffix() {
        int longest = 0;
        for (String stop : stops) {
            for (int n = Math.min(stop.length() - 1, held.length()); n > longest; n--) {
                if (endsWithPrefix(stop, n)) {
                    longest = n;
                }
            }
        }
        return longest;
    }

    private boolean endsWithPrefix(String stop, int n) {
        int from = held.length() - n;
        for (int i = 0; i < n; i++) {
            if (held.charAt(from + i) != stop.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
