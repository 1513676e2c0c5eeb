package io.augserve.examples.soak;

import java.util.random.RandomGenerator;

/** What a client does with its request. */
enum Fate {
    /** Reads every event at once. */
    READS(50),
    /** Reads every event, but takes its time. */
    READS_SLOWLY(10),
    /** Asks for a few events and never for another. */
    STOPS_READING(7),
    /** Waits for the result and reads no event. */
    READS_NOTHING(8),
    /** Cancels before anything can have happened. */
    CANCELS_AT_ONCE(6),
    /** Cancels some time later, whatever the request does then. */
    CANCELS_LATER(15),
    /** Sends more than the model can take. */
    SENDS_TOO_MUCH(4);

    private final int weight;

    Fate(int weight) {
        this.weight = weight;
    }

    static Fate draw(RandomGenerator random) {
        int left = random.nextInt(100);
        for (Fate fate : values()) {
            left -= fate.weight;
            if (left < 0) {
                return fate;
            }
        }
        return READS;
    }

    /** Whether the whole stream is to be seen by the client. */
    boolean readsAll() {
        return this == READS || this == READS_SLOWLY;
    }
}
