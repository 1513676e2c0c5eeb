package io.augserve.onnx.text;

/**
 * Finds a marker in text that comes character by character, and holds back no more than could still become it. The
 * marker's first character must not stand in it again: then a broken-off match can only begin anew at the character
 * that broke it.
 */
final class MarkerMatcher {
    private final String marker;
    private int matched;

    MarkerMatcher(String marker) {
        if (marker.indexOf(marker.charAt(0), 1) >= 0) {
            throw new IllegalArgumentException("marker '" + marker + "': its first character comes again");
        }
        this.marker = marker;
    }

    /**
     * Takes the next character.
     *
     * @param released receives what is now known not to be the marker
     * @return whether the marker is complete with this character
     */
    boolean accept(char c, StringBuilder released) {
        if (c != marker.charAt(matched)) {
            flush(released);
            if (c != marker.charAt(0)) {
                released.append(c);
                return false;
            }
        }
        matched++;
        if (matched < marker.length()) {
            return false;
        }
        matched = 0;
        return true;
    }

    /** Gives up what is held back. */
    void flush(StringBuilder released) {
        released.append(marker, 0, matched);
        matched = 0;
    }
}
