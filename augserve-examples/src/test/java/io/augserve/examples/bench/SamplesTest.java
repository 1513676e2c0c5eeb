package io.augserve.examples.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SamplesTest {
    @Test
    void theMedianIsTheMiddle() {
        Samples samples = new Samples();
        assertThat(samples.median()).isNaN();
        samples.add(5);
        assertThat(samples.median()).isEqualTo(5);
        samples.add(1L);
        assertThat(samples.median()).isEqualTo(3);
        samples.add(100.0);
        assertThat(samples.median()).isEqualTo(5);
    }

    @Test
    void takesAnyNumber() {
        Samples samples = new Samples();
        for (int i = 1000; i >= 0; i--) {
            samples.add(i);
        }
        assertThat(samples.median()).isEqualTo(500);
    }
}
