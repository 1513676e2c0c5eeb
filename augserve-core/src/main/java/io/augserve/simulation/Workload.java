package io.augserve.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.SplittableRandom;

/**
 * What a simulated server is asked for, and when.
 *
 * @param submissions in the order of arrival; ids ascend from 0
 */
public record Workload(List<Submission> submissions) {
    /**
     * One request at one time.
     *
     * @param id unique within the workload; a request that is drawn twice has two
     * @param arrivalNanos since the beginning of the run; at least 0
     * @param request what is asked for
     */
    public record Submission(long id, long arrivalNanos, TraceRequest request) {
        /**
         * @throws IllegalArgumentException if a number is negative
         */
        public Submission {
            Require.atLeast("id", id, 0);
            Require.atLeast("arrivalNanos", arrivalNanos, 0);
        }
    }

    /**
     * Copies the list.
     *
     * @throws IllegalArgumentException if arrivals or ids are out of order
     */
    public Workload {
        submissions = List.copyOf(submissions);
        for (int i = 1; i < submissions.size(); i++) {
            Require.atLeast("submissions[" + i + "].arrivalNanos", submissions.get(i).arrivalNanos(),
                    submissions.get(i - 1).arrivalNanos());
            Require.atLeast("submissions[" + i + "].id", submissions.get(i).id(), submissions.get(i - 1).id() + 1);
        }
    }

    /**
     * Requests drawn from a trace with replacement, one for each arrival. Arrivals and requests have random streams of
     * their own: at another rate a seed gives the same requests in the same order.
     *
     * @param trace at least one request; their recorded arrivals are ignored
     * @param arrivals when they come
     * @param within length of the run; positive
     * @param seed the same seed gives the same workload
     * @throws IllegalArgumentException if the trace is empty, or as {@link Arrivals#draw} says
     */
    public static Workload drawn(List<TraceRequest> trace, Arrivals arrivals, Duration within, long seed) {
        Require.atLeast("requests in the trace", trace.size(), 1);
        List<TraceRequest> pool = List.copyOf(trace);
        SplittableRandom root = new SplittableRandom(seed);
        SplittableRandom forArrivals = root.split();
        SplittableRandom forRequests = root.split();
        long[] times = arrivals.draw(within, forArrivals);
        List<Submission> submissions = new ArrayList<>(times.length);
        for (int i = 0; i < times.length; i++) {
            submissions.add(new Submission(i, times[i], pool.get(forRequests.nextInt(pool.size()))));
        }
        return new Workload(submissions);
    }

    /**
     * Every request of a trace once, when it was recorded to arrive; requests of the same instant keep their order.
     *
     * @throws IllegalArgumentException if a request has no arrival; the message names it
     */
    public static Workload replay(List<TraceRequest> trace) {
        List<TraceRequest> ordered = new ArrayList<>(trace);
        ordered.forEach(Workload::arrivalSeconds);
        ordered.sort(Comparator.comparingDouble(Workload::arrivalSeconds));
        List<Submission> submissions = new ArrayList<>(ordered.size());
        for (int i = 0; i < ordered.size(); i++) {
            long nanos = Math.round(arrivalSeconds(ordered.get(i)) * 1e9);
            submissions.add(new Submission(i, nanos, ordered.get(i)));
        }
        return new Workload(submissions);
    }

    private static double arrivalSeconds(TraceRequest request) {
        OptionalDouble seconds = request.arrivalSeconds();
        return seconds.orElseThrow(() -> new IllegalArgumentException(
                "request " + request.id() + ", arrivalSeconds: expected a time to replay at, got none"));
    }
}
