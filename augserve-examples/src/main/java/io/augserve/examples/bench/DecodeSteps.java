package io.augserve.examples.bench;

import io.augserve.onnx.StepTime;
import java.util.List;

/** Steps in which a whole batch decodes, one behind the other: from the beginning of one to that of the next, cut in four. */
final class DecodeSteps {
    private final Samples assemble = new Samples();
    private final Samples run = new Samples();
    private final Samples sample = new Samples();
    private final Samples apply = new Samples();
    private final Samples whole = new Samples();
    private final Samples allocated = new Samples();

    /** Takes those steps of a round that decode the whole batch and are followed by another such. */
    void add(List<StepLog.Entry> steps, int batch) {
        for (int i = 0; i + 1 < steps.size(); i++) {
            StepLog.Entry step = steps.get(i);
            StepLog.Entry next = steps.get(i + 1);
            if (step.decodes() == batch && next.decodes() == batch) {
                StepTime time = step.time();
                assemble.add(time.assemble());
                run.add(time.run());
                sample.add(time.sample());
                apply.add(next.begin() - step.begin() - time.assemble() - time.run() - time.sample());
                whole.add(next.begin() - step.begin());
                allocated.add((double) (next.allocated() - step.allocated()) / batch);
            }
        }
    }

    /** Medians in milliseconds. {@code apply} is all that the others are not: results, events, the next plan. */
    StepSplit split() {
        return new StepSplit(assemble.median() / 1e6, run.median() / 1e6, sample.median() / 1e6,
                apply.median() / 1e6);
    }

    /** Median in seconds, from one step's beginning to the next one's. */
    double seconds() {
        return whole.median() / 1e9;
    }

    /** Bytes that the loop's thread allocates for a token; the median. */
    double allocatedPerToken() {
        return allocated.median();
    }
}
