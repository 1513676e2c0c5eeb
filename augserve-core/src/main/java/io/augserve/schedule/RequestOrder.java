package io.augserve.schedule;

import io.augserve.predict.CostModel;
import io.augserve.predict.SegmentEstimate;

/**
 * How valuable it is to serve a request now; the highest value goes first. A value is linear in time, {@code level + rate * seconds of
 * the server's ticker}, so that a queue can age without every request in it being asked again: the scheduler asks when a request begins
 * to wait, and at every plan for those that run.
 */
interface RequestOrder {
    /** Value at the ticker's second 0, were it to change by {@link #rate} all the time. */
    double level(RequestView request, CostModel costs);

    /** Change of the value in a second of waiting. */
    default double rate(RequestView request, CostModel costs) {
        return 0;
    }

    /** Value at a second of the server's ticker. */
    default double value(RequestView request, CostModel costs, double seconds) {
        return level(request, costs) + rate(request, costs) * seconds;
    }

    /** Whether running requests keep going before any waiting one, whatever their value. */
    default boolean runningFirst() {
        return false;
    }

    /** First come, first served, by the arrival of the program: whoever returns from a tool takes the place it had (InferCept). */
    static RequestOrder arrival() {
        return (request, costs) -> -request.programArrivalNanos() / 1e9;
    }

    /** Shortest predicted remaining output of the segment first (SSJF, the AugServe paper's third baseline). */
    static RequestOrder shortestOutput() {
        return (request, costs) -> -request.estimate().remainingOutput(request.segmentOutputTokens());
    }

    /**
     * Least memory-time first (LAMPS, arXiv 2410.18248): the area under the memory that the current segment will hold over time, with
     * its pause under the cheapest handling. Running requests are not preempted by it.
     */
    static RequestOrder memoryTime() {
        return new RequestOrder() {
            @Override
            public double level(RequestView request, CostModel costs) {
                return -MemoryTime.ofSegment(request, costs);
            }

            @Override
            public boolean runningFirst() {
                return true;
            }
        };
    }

    /**
     * Value density, AugServe's order: {@code theta = (1 + beta * w) / C}, w the seconds waited, C the memory-time cost of the current
     * segment. Of all requests that can run, together.
     *
     * @param beta weight of waiting, per second; the paper's default is 5e-5
     */
    static RequestOrder valueDensity(double beta) {
        return new RequestOrder() {
            @Override
            public double level(RequestView request, CostModel costs) {
                double since = request.stateSinceNanos() / 1e9;
                return (1 - beta * since) / MemoryTime.ofSegment(request, costs);
            }

            @Override
            public double rate(RequestView request, CostModel costs) {
                return beta / MemoryTime.ofSegment(request, costs);
            }
        };
    }

    /** The memory-time cost of what is left of a segment, in token-seconds. */
    final class MemoryTime {
        private MemoryTime() {}

        /**
         * The area under held tokens over time, with K tokens computed, P to prefill, G to decode and one step taking as long as a
         * forward pass over a single token: {@code f(P) * (K + P / 2) + It * (G * (K + P) + G^2 / 2)}, and for the pause that follows the
         * cheaper of holding the context and computing it again. The construction is this project's: the papers name the parts and do
         * not print the sum.
         */
        static double ofSegment(RequestView request, CostModel costs) {
            SegmentEstimate estimate = request.estimate();
            double computed = request.computedTokens();
            double prefill = Math.max(1, request.uncomputedTokens());
            double output = estimate.remainingOutput(request.segmentOutputTokens());
            double iteration = costs.forward(1);
            double context = computed + prefill + output;
            double pause = Math.min(estimate.toolSeconds() * context, costs.forward(context) * context / 2);
            return costs.forward(prefill) * (computed + prefill / 2)
                    + iteration * (output * (computed + prefill) + output * output / 2) + pause;
        }
    }
}
