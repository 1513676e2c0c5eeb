package io.augserve.observe;

/** Finds out whether this runtime has a Flight Recorder, without touching a class of the module {@code jdk.jfr}, which may be missing. */
final class FlightRecorders {
    private FlightRecorders() {}

    static ServerObserver observer() {
        return ModuleLayer.boot().findModule("jdk.jfr").isPresent() ? Present.observer() : ServerObserver.none();
    }

    /** Loaded only if the module is there. */
    private static final class Present {
        static ServerObserver observer() {
            return jdk.jfr.FlightRecorder.isAvailable() ? new FlightRecorderObserver() : ServerObserver.none();
        }
    }
}
