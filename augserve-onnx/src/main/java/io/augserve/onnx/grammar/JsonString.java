package io.augserve.onnx.grammar;

import java.util.Optional;

/**
 * A JSON string (RFC 8259) from behind its opening quote to its closing one: so many characters, valid UTF-8, whole escapes, surrogates in
 * pairs only. A text may be forbidden in it as it is written; escapes can still spell it.
 *
 * <p>A place in it is a number of three fields: characters so far, as many as matter, how much of the forbidden text is matched, and how far
 * a character has got.
 */
final class JsonString implements Rule.Stretch {
    /** Longest string whose characters can be counted. */
    static final int MOST_COUNTED = 100_000;

    private static final int PLAIN = 0;
    private static final int MATCHED_SHIFT = 5;
    private static final int COUNT_SHIFT = 12;

    private final int least;
    private final int most;
    private final Optional<Marker> forbidden;

    /**
     * @param least characters, at most {@link #MOST_COUNTED}
     * @param most characters, at most {@link #MOST_COUNTED}, or {@link Rule#UNBOUNDED}
     */
    JsonString(int least, int most, Optional<Marker> forbidden) {
        this.least = least;
        this.most = most;
        this.forbidden = forbidden;
    }

    private record Place(int unit, int matched, String forbidden, int missing, int room) {}

    @Override
    public int after(int at, int value) {
        int unit = at & 0x1f;
        int count = at >> COUNT_SHIFT;
        if (unit == PLAIN) {
            if (value == '"') {
                return count >= least ? ENDED : DEAD;
            }
            if (count == most) {
                return DEAD;
            }
        }
        int next = Unit.after(unit, value);
        if (next < 0) {
            return DEAD;
        }
        int matched = 0;
        if (forbidden.isPresent()) {
            matched = forbidden.get().matched(at >> MATCHED_SHIFT & 0x7f, value);
            if (forbidden.get().isWhole(matched)) {
                return DEAD;
            }
        }
        if (next == PLAIN) {
            // Without a bound, characters beyond the least are alike.
            count = most == UNBOUNDED ? Math.min(count + 1, least) : count + 1;
        }
        return count << COUNT_SHIFT | matched << MATCHED_SHIFT | next;
    }

    @Override
    public boolean mayEnd(int at) {
        return false;
    }

    /** A token has no more characters than bytes: bounds that are farther away are not felt. */
    @Override
    public Object alike(int at, int longest) {
        int count = at >> COUNT_SHIFT;
        int missing = Math.clamp(least - count, 0, longest + 1);
        int room = most == UNBOUNDED ? longest + 1 : Math.min(most - count, longest + 1);
        return new Place(at & 0x1f, at >> MATCHED_SHIFT & 0x7f, forbidden.map(Marker::text).orElse(""), missing,
                room);
    }

    /** How far a character has got: the bytes of one in UTF-8, or of an escape. */
    private static final class Unit {
        private static final int TAIL = 1;
        private static final int TAIL2 = 2;
        private static final int TAIL3 = 3;
        private static final int AFTER_E0 = 4;
        private static final int AFTER_ED = 5;
        private static final int AFTER_F0 = 6;
        private static final int AFTER_F4 = 7;
        private static final int BACKSLASH = 8;
        private static final int HEX = 9;
        private static final int HEX2 = 10;
        private static final int HEX3 = 11;
        private static final int FIRST_HEX = 12;
        private static final int AFTER_D = 13;
        private static final int HIGH_HEX2 = 14;
        private static final int HIGH_HEX = 15;
        private static final int LOW_BACKSLASH = 16;
        private static final int LOW_U = 17;
        private static final int LOW_D = 18;
        private static final int LOW_SECOND = 19;

        private Unit() {}

        /** The next place, {@link #PLAIN} behind the character's last byte, negative if the byte can not come. */
        static int after(int unit, int value) {
            return switch (unit) {
                case PLAIN -> first(value);
                case TAIL, TAIL2, TAIL3 -> between(value, 0x80, 0xbf, unit - 1);
                case AFTER_E0 -> between(value, 0xa0, 0xbf, TAIL);
                case AFTER_ED -> between(value, 0x80, 0x9f, TAIL);
                case AFTER_F0 -> between(value, 0x90, 0xbf, TAIL2);
                case AFTER_F4 -> between(value, 0x80, 0x8f, TAIL2);
                case BACKSLASH -> value == 'u' ? FIRST_HEX : "\"\\/bfnrt".indexOf(value) >= 0 ? PLAIN : DEAD;
                case HEX -> hex(value, PLAIN);
                case HEX2 -> hex(value, HEX);
                case HEX3 -> hex(value, HEX2);
                case FIRST_HEX -> value == 'd' || value == 'D' ? AFTER_D : hex(value, HEX3);
                case AFTER_D -> between(value, '0', '7', HEX2) == HEX2
                        ? HEX2
                        : "89abAB".indexOf(value) >= 0 ? HIGH_HEX2 : DEAD;
                case HIGH_HEX2 -> hex(value, HIGH_HEX);
                case HIGH_HEX -> hex(value, LOW_BACKSLASH);
                case LOW_BACKSLASH -> value == '\\' ? LOW_U : DEAD;
                case LOW_U -> value == 'u' ? LOW_D : DEAD;
                case LOW_D -> value == 'd' || value == 'D' ? LOW_SECOND : DEAD;
                case LOW_SECOND -> "cdefCDEF".indexOf(value) >= 0 ? HEX2 : DEAD;
                default -> throw new IllegalStateException("no place in a character: " + unit);
            };
        }

        private static int first(int value) {
            if (value < 0x80) {
                return value == '\\' ? BACKSLASH : between(value, 0x20, 0x7e, PLAIN);
            }
            return switch (value) {
                case 0xe0 -> AFTER_E0;
                case 0xed -> AFTER_ED;
                case 0xf0 -> AFTER_F0;
                case 0xf1, 0xf2, 0xf3 -> TAIL3;
                case 0xf4 -> AFTER_F4;
                default -> value < 0xc2 ? DEAD : value < 0xe0 ? TAIL : value < 0xf0 ? TAIL2 : DEAD;
            };
        }

        private static int between(int value, int first, int last, int next) {
            return value >= first && value <= last ? next : DEAD;
        }

        private static int hex(int value, int next) {
            boolean digit = (value >= '0' && value <= '9') || (value >= 'a' && value <= 'f')
                    || (value >= 'A' && value <= 'F');
            return digit ? next : DEAD;
        }
    }
}
