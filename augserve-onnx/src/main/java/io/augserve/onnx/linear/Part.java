package io.augserve.onnx.linear;

import java.util.Optional;

/** A layer with what its weights are computed by. */
sealed interface Part {
    /** The layer. */
    Layer layer();

    /** By the layout of the layer's weights. */
    static Part of(Layer layer, ProductMath math) {
        return switch (layer.weights().layout()) {
            case PanelLayout layout -> new Panels(layer, layout);
            case RowLayout layout -> new Rows(layer, math.decoder(layout), math.rowKernel(layout)
                    .filter(kernel -> layer.weights().columns() % RowLayout.BLOCK == 0));
        };
    }

    /** Weights row by row; single rows of x by the kernel, if there is one. */
    record Rows(Layer layer, RowDecoder decoder, Optional<RowKernel> kernel) implements Part {}

    /** Weights in panels. */
    record Panels(Layer layer, PanelLayout layout) implements Part {}
}
