package io.augserve.examples.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;

class RateSearchProperties {
    @Property
    void theLimitIsFoundToTwoPercentFromBelow(@ForAll @DoubleRange(min = 0.02, max = 500) double limit) {
        double found = RateSearch.highest(1_024, rate -> rate <= limit);
        assertThat(found).isLessThanOrEqualTo(limit).isGreaterThanOrEqualTo(limit / 1.02);
    }

    @Example
    void nothingHolds() {
        assertThat(RateSearch.highest(1_024, rate -> false)).isZero();
    }

    @Example
    void everythingHoldsAsFarAsIsTried() {
        assertThat(RateSearch.highest(100, rate -> true)).isEqualTo(64);
    }
}
