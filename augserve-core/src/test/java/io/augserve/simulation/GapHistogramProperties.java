package io.augserve.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class GapHistogramProperties {
    private static GapHistogram of(long... nanos) {
        GapHistogram histogram = new GapHistogram();
        for (long value : nanos) {
            histogram.record(value);
        }
        return histogram;
    }

    private static GapHistogram of(List<Long> nanos) {
        return of(nanos.stream().mapToLong(Long::longValue).toArray());
    }

    @Property(seed = "2026")
    void percentilesAreWithinTheStatedError(@ForAll @Size(min = 1, max = 60) List<@LongRange(min = 0) Long> nanos,
            @ForAll @DoubleRange(min = 0.1, max = 100) double percentile) {
        double exact = nanos.stream().sorted().toList().get((int) Math.ceil(percentile * nanos.size() / 100) - 1);
        assertThat((double) of(nanos).percentileNanos(percentile)).isCloseTo(exact,
                within(exact * GapHistogram.RELATIVE_ERROR));
    }

    @Property(seed = "2026")
    void addingIsRecordingBoth(@ForAll @Size(max = 30) List<@LongRange(min = 0, max = 1L << 40) Long> some,
            @ForAll @Size(max = 30) List<@LongRange(min = 0, max = 1L << 40) Long> others) {
        GapHistogram sum = of(some);
        sum.add(of(others));
        GapHistogram both = of(some);
        others.forEach(both::record);
        assertThat(sum.count()).isEqualTo(both.count());
        assertThat(sum.maxNanos()).isEqualTo(both.maxNanos());
        assertThat(sum.meanNanos()).isEqualTo(both.meanNanos());
        assertThat(sum.percentileNanos(90)).isEqualTo(both.percentileNanos(90));
    }

    @Example
    void smallValuesAreExact() {
        GapHistogram histogram = of(0, 1, 127, 128, 129, 255);
        assertThat(histogram.percentileNanos(1)).isZero();
        assertThat(histogram.percentileNanos(50)).isEqualTo(127);
        assertThat(histogram.percentileNanos(66)).isEqualTo(128);
        assertThat(histogram.percentileNanos(100)).isEqualTo(255);
        assertThat(histogram.meanNanos()).isEqualTo(640 / 6.0);
    }

    @Example
    void aPercentileIsTheMiddleOfItsBucketButNotBeyondTheLongest() {
        // 1,000 lies in [1000, 1008): octave [512, 1024) has width 4, so the bucket is [1000, 1004).
        assertThat(of(1000, 5000).percentileNanos(50)).isEqualTo(1002);
        assertThat(of(1000).percentileNanos(50)).isEqualTo(1000);
        assertThat(of(Long.MAX_VALUE).percentileNanos(99)).isLessThanOrEqualTo(Long.MAX_VALUE).isPositive();
    }

    @Example
    void inSeconds() {
        Distribution seconds = of(20_000_000, 40_000_000).seconds();
        assertThat(seconds.mean()).isCloseTo(0.03, within(1e-12));
        assertThat(seconds.p50()).isCloseTo(0.02, within(0.02 * GapHistogram.RELATIVE_ERROR));
        assertThat(seconds.p99()).isCloseTo(0.04, within(0.04 * GapHistogram.RELATIVE_ERROR));
    }

    @Example
    void emptyIsAllZeros() {
        assertThat(new GapHistogram().seconds()).isEqualTo(new Distribution(0, 0, 0, 0));
        assertThat(new GapHistogram().maxNanos()).isZero();
    }

    @Example
    void refusesNegativeDurationsAndPercentilesOutOfRange() {
        assertThatThrownBy(() -> of(-1)).hasMessage("nanos: expected >= 0, got -1");
        assertThatThrownBy(() -> of(1).percentileNanos(0)).hasMessage("percentile: expected in (0, 100], got 0.0");
        assertThatThrownBy(() -> of(1).percentileNanos(101)).isInstanceOf(IllegalArgumentException.class);
    }
}
