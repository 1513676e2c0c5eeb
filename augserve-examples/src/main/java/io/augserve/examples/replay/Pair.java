package io.augserve.examples.replay;

import io.augserve.simulation.RunMetrics;

/**
 * One policy at one rate, served and simulated.
 *
 * @param live in real time on the engine
 * @param simulated in virtual time on the engine's profile
 */
record Pair(RunMetrics live, RunMetrics simulated) {
    String policy() {
        return live.label().policy();
    }

    double rate() {
        return live.label().rate().orElseThrow();
    }

    RunMetrics of(Origin origin) {
        return switch (origin) {
            case LIVE -> live;
            case SIMULATED -> simulated;
        };
    }
}
