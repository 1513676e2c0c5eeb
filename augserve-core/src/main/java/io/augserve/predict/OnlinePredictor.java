package io.augserve.predict;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Learns while serving, with nothing trained beforehand: running means of what segments said, how long tools took and what they
 * returned. Each mean is kept for the narrowest group that has been seen (kind and whether it is the first segment; kind and tool), falls
 * back to wider ones until that group has {@value #ENOUGH} observations, and to a prior before anything has been seen. Means forget
 * exponentially with a half-life of about {@value #HALF_LIFE} observations, so that they follow a drift.
 */
final class OnlinePredictor implements Predictor {
    private static final int ENOUGH = 3;
    private static final int HALF_LIFE = 200;
    private static final double PRIOR_OUTPUT = 64;
    private static final double PRIOR_TOOL_SECONDS = 1;
    private static final double PRIOR_RETURNED = 32;

    private final Map<String, Mean> outputs = new HashMap<>();
    private final Map<String, Mean> seconds = new HashMap<>();
    private final Map<String, Mean> returned = new HashMap<>();
    private final Map<String, Mean> calls = new HashMap<>();
    private final Map<String, Mean> later = new HashMap<>();
    private final Map<String, Mean> returnedPerOutput = new HashMap<>();

    @Override
    public SegmentEstimate estimate(RequestFacts request) {
        double output = Math.max(1, mean(outputs, PRIOR_OUTPUT, position(request), request.kind(), ""));
        List<String> out = request.toolsOut();
        double toolSeconds = 0;
        double returnedTokens = 0;
        if (out.isEmpty()) {
            // Whether it will call at all is as uncertain as what: the expectation weighs the mean call by how often there is one.
            double share = mean(calls, 0.5, position(request), request.kind(), "");
            toolSeconds = share * mean(seconds, PRIOR_TOOL_SECONDS, request.kind(), "");
            returnedTokens = share * mean(returned, PRIOR_RETURNED, request.kind(), "");
        }
        for (String tool : out) {
            // Tools of one turn run side by side: the slowest counts, and all of them return.
            toolSeconds = Math.max(toolSeconds,
                    mean(seconds, PRIOR_TOOL_SECONDS, toolKey(request, tool), "/" + tool, request.kind(), ""));
            returnedTokens += mean(returned, PRIOR_RETURNED, toolKey(request, tool), "/" + tool, request.kind(), "");
        }
        return new SegmentEstimate(output, toolSeconds, returnedTokens, later(request));
    }

    /** What usually follows the present segment. */
    private Outlook later(RequestFacts request) {
        double output = mean(later, 0, place(request.kind(), request.segment()), request.kind());
        Mean ratio = returnedPerOutput.get(request.kind());
        return new Outlook(output, ratio == null ? 0 : output * ratio.value);
    }

    @Override
    public void segmentEnded(RequestFacts request, boolean called) {
        for (String key : List.of(position(request), request.kind(), "")) {
            observe(outputs, key, request.segmentOutputTokens());
            observe(calls, key, called ? 1 : 0);
        }
        if (!called) {
            learnLater(request);
        }
    }

    private void learnLater(RequestFacts request) {
        int follows = 0;
        for (int segment = request.segment(); segment >= 0; segment--) {
            observe(later, place(request.kind(), segment), follows);
            observe(later, request.kind(), follows);
            follows += request.outputTokensOf(segment);
        }
        observe(returnedPerOutput, request.kind(), (double) request.givenTokens() / Math.max(1, follows));
    }

    private static String place(String kind, int segment) {
        return kind + "#" + segment;
    }

    @Override
    public void toolsReturned(RequestFacts request, double elapsed, int tokens) {
        List<String> out = request.toolsOut();
        for (String tool : out) {
            for (String key : List.of(toolKey(request, tool), "/" + tool)) {
                observe(seconds, key, elapsed);
                observe(returned, key, (double) tokens / out.size());
            }
        }
        for (String key : List.of(request.kind(), "")) {
            observe(seconds, key, elapsed);
            observe(returned, key, tokens);
        }
    }

    private static String position(RequestFacts request) {
        return request.kind() + (request.segment() == 0 ? "#first" : "#later");
    }

    private static String toolKey(RequestFacts request, String tool) {
        return request.kind() + "/" + tool;
    }

    private static void observe(Map<String, Mean> means, String key, double value) {
        means.computeIfAbsent(key, k -> new Mean()).add(value);
    }

    private static double mean(Map<String, Mean> means, double prior, String... keysFromNarrow) {
        double fallback = prior;
        for (String key : keysFromNarrow) {
            Mean mean = means.get(key);
            if (mean != null && mean.count >= ENOUGH) {
                return mean.value;
            }
            if (mean != null && fallback == prior) {
                fallback = mean.value;
            }
        }
        return fallback;
    }

    /** An exponentially forgetting mean that begins as a plain one. */
    private static final class Mean {
        private double value;
        private long count;

        void add(double observation) {
            count++;
            value += (observation - value) / Math.min(count, HALF_LIFE);
        }
    }
}
