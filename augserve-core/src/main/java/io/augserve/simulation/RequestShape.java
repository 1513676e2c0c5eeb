package io.augserve.simulation;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * How requests of one kind look, as distributions; draws one request after another.
 * <p>
 * Contexts are cut at {@value #MAX_CONTEXT} tokens, as the published mixture is. A request that would grow longer
 * keeps its prompt and its calls and loses tokens of its longest pieces: every output and result longer than some level
 * is cut to that level, and the level is the highest at which the request fits.
 *
 * @param kind what such requests are called
 * @param prompt tokens of the prompt
 * @param rounds how often the request goes through {@code round}
 * @param round the calls of one round, in order: one for a plain tool, two where a tool and a person take turns
 * @param answer tokens of the last segment
 */
record RequestShape(String kind, Draw prompt, Frequencies rounds, List<Call> round, Draw answer) {
    /** Contexts are cut here. */
    static final int MAX_CONTEXT = 2_048;
    // Leaves room for the outputs; the longest prompt of the published mixture has 1,973 tokens.
    private static final int MAX_PROMPT = MAX_CONTEXT - 75;

    /** One call: the tokens that lead to it, its duration in seconds, the tokens that it returns. */
    record Call(String tool, Draw output, Draw seconds, Draw returned) {}

    RequestShape {
        requireNonNull(kind, "kind");
        round = List.copyOf(round);
    }

    TraceRequest draw(String id, RandomGenerator random) {
        int promptTokens = Math.min(MAX_PROMPT, prompt.tokens(random, 1));
        int calls = rounds.sample(random) * round.size();
        int[] pieces = new int[2 * calls + 1];
        double[] seconds = new double[calls];
        for (int i = 0; i < calls; i++) {
            Call call = round.get(i % round.size());
            pieces[2 * i] = call.output().tokens(random, 1);
            pieces[2 * i + 1] = call.returned().tokens(random, 0);
            seconds[i] = call.seconds().sample(random);
        }
        pieces[2 * calls] = answer.tokens(random, 1);
        cutLongest(pieces, MAX_CONTEXT - promptTokens);

        List<TraceSegment> segments = new ArrayList<>(calls + 1);
        for (int i = 0; i < calls; i++) {
            String tool = round.get(i % round.size()).tool();
            segments.add(TraceSegment.calling(pieces[2 * i], tool, seconds[i], pieces[2 * i + 1]));
        }
        segments.add(TraceSegment.last(pieces[2 * calls]));
        return TraceRequest.of(id, kind, promptTokens, segments);
    }

    /** Cuts the longest pieces until all together have at most {@code room} tokens, and no piece below 1. */
    static void cutLongest(int[] pieces, int room) {
        if (cutTo(Integer.MAX_VALUE, pieces) <= room) {
            return;
        }
        int level = 1;
        int tooHigh = room + 1;
        while (tooHigh - level > 1) {
            int middle = (level + tooHigh) >>> 1;
            if (cutTo(middle, pieces) <= room) {
                level = middle;
            } else {
                tooHigh = middle;
            }
        }
        // What rounding the level left goes to the first of those that were cut.
        long left = room - cutTo(level, pieces);
        for (int i = 0; i < pieces.length; i++) {
            if (pieces[i] > level) {
                pieces[i] = left > 0 ? level + 1 : level;
                left--;
            }
        }
    }

    private static long cutTo(int level, int[] pieces) {
        long sum = 0;
        for (int piece : pieces) {
            sum += Math.min(piece, level);
        }
        return sum;
    }
}
