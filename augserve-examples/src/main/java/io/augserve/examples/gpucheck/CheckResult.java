package io.augserve.examples.gpucheck;

/**
 * What came of one check.
 *
 * @param name what was checked
 * @param compute what the device computed in
 * @param passed whether it is as it must be
 * @param positions that were compared
 * @param worst largest difference of log-probabilities; 0 where texts are compared
 * @param tolerance that it may have
 * @param remark one line for people; empty if all is said
 */
record CheckResult(String name, String compute, boolean passed, int positions, double worst, double tolerance,
        String remark) {
    static CheckResult failed(String name, String compute, double tolerance, RuntimeException failure) {
        return new CheckResult(name, compute, false, 0, Double.NaN, tolerance,
                String.valueOf(failure.getMessage()).strip().replaceAll("\\s+", " "));
    }
}
