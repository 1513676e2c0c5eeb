package io.augserve.examples.replay;

import java.util.Locale;

/** Where figures come from. */
enum Origin {
    LIVE, SIMULATED;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
