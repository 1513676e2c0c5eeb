package io.augserve.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.onnx.WeightQuality.Quality;
import io.augserve.onnx.model.WeightFormat;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

class WeightQualityTest {
    @TempDir
    Path folder;

    /** The bounds are a few times what is measured, and a tenth of what a mistake in scales or in the order of weights gives. */
    @Test
    void formatsWithMoreBitsAreNearerToFp32() {
        WeightQuality quality = WeightQuality.ofSmallModel(folder, 8);
        Quality fp32 = quality.of(WeightFormat.FP32, 32);
        Quality fp16 = quality.of(WeightFormat.FP16, 32);
        Quality int8 = quality.of(WeightFormat.INT8, 32);
        Quality int4 = quality.of(WeightFormat.INT4, 32);
        assertThat(fp32.tokens()).isGreaterThan(100);
        assertThat(fp32.sameToken()).isEqualTo(1);
        assertThat(fp32.rmsError()).isLessThan(1e-4);
        assertThat(fp16.rmsError()).isLessThan(0.02);
        assertThat(int8.rmsError()).isBetween(fp16.rmsError(), 0.2);
        assertThat(int4.rmsError()).isBetween(int8.rmsError(), 3.0);
        assertThat(int8.perplexity()).isLessThan(1.02 * fp32.perplexity());
        assertThat(int4.perplexity()).isLessThan(1.3 * fp32.perplexity());
    }

    /** As {@code docs/results/README.md} says. */
    @Test
    @EnabledIfSystemProperty(named = "augserve.quality", matches = ".+", disabledReason = "writes figures where -Daugserve.quality=FILE says")
    void figures() throws IOException {
        WeightQuality.write(Path.of(System.getProperty("augserve.quality")), folder);
    }
}
