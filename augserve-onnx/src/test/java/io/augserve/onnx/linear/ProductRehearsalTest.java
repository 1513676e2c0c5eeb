package io.augserve.onnx.linear;

import static org.assertj.core.api.Assertions.assertThat;

import io.augserve.onnx.model.WeightFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ProductRehearsalTest {
    private static Layer layer(WeightFormat format, int group) {
        return new Layer(Matrices.random(new Random(3), format, group, 5, 7), new float[0]);
    }

    @Test
    void everyFormatHasItsPiecesOnce() {
        for (WeightFormat format : Matrices.FORMATS) {
            for (int group : new int[]{32, 64, 128}) {
                Layer layer = layer(format, group);
                List<Runnable> pieces = ProductRehearsal.of(List.of(layer, layer));
                assertThat(pieces).hasSize(5);
                for (int run = 0; run < 5; run++) {
                    pieces.forEach(Runnable::run);
                }
            }
        }
        assertThat(ProductRehearsal.of(List.of(layer(WeightFormat.INT4, 32), layer(WeightFormat.BF16, 1)))).hasSize(9);
    }
}
