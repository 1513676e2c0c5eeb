package io.augserve.examples.simulate;

import io.augserve.simulation.HardwareProfile;
import io.augserve.simulation.RunLabel;

/**
 * A part of a report: what can be compared with each other, since machine and estimates are the same.
 *
 * @param profile the machine
 * @param predictor the predictor's name
 * @param title of the part; names the predictor only where there is more than one
 */
record Section(HardwareProfile profile, String predictor, String title) {
    boolean has(RunLabel label) {
        return has(label.profile(), label.predictor());
    }

    boolean has(String otherProfile, String otherPredictor) {
        return profile.name().equals(otherProfile) && predictor.equals(otherPredictor);
    }
}
