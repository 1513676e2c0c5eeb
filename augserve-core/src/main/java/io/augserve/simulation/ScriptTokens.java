package io.augserve.simulation;

/**
 * The vocabulary of a simulated model. A token says what it is, so that the next one follows from the known tokens alone and a simulated
 * engine needs no state: a prompt is made of the request's number, an output token knows its segment and its place in it, an end token
 * knows its segment and the tool it calls, a result token knows the segment that it opens.
 */
final class ScriptTokens {
    static final int SIZE = 5 << 28;
    static final int STOP = 4 << 28;
    private static final int OUTPUT = 1 << 28;
    private static final int RESULT = 2 << 28;
    private static final int CALL = 3 << 28;
    private static final int KIND = 0xF << 28;
    private static final int PLACE_BITS = 20;

    private static final int MAX_SEGMENTS = 1 << 8;
    private static final int MAX_TOOLS = 1 << 12;

    private ScriptTokens() {}

    /**
     * Checks that a vocabulary of this kind can tell everything in a script apart.
     *
     * @throws IllegalArgumentException naming the request and what there is too much of
     */
    static void requireFits(TraceRequest script, int tools) {
        Require.atMost("request " + script.id() + ", number of segments", script.segments().size(), MAX_SEGMENTS - 1);
        for (TraceSegment segment : script.segments()) {
            Require.atMost("request " + script.id() + ", output tokens of a segment", segment.outputTokens(),
                    (1 << PLACE_BITS) - 1);
        }
        Require.atMost("number of tools", tools, MAX_TOOLS - 1);
    }

    static int prompt(int request) {
        return request;
    }

    static int output(int segment, int place) {
        return OUTPUT | segment << PLACE_BITS | place;
    }

    static int call(int segment, int tool) {
        return CALL | tool << 8 | segment;
    }

    static int result(int segment) {
        return RESULT | segment;
    }

    static boolean isCall(int token) {
        return (token & KIND) == CALL;
    }

    static int tool(int call) {
        return (call & ~KIND) >> 8;
    }

    /** The segment to which the token after this one belongs. */
    static int segmentAfter(int token) {
        return switch (token & KIND) {
            case OUTPUT -> (token & ~KIND) >> PLACE_BITS;
            case RESULT -> token & 0xFF;
            case CALL -> (token & 0xFF) + 1;
            default -> 0;
        };
    }

    /** How many tokens of that segment there are up to this one. */
    static int placeAfter(int token) {
        return (token & KIND) == OUTPUT ? token & (1 << PLACE_BITS) - 1 : 0;
    }
}
