package io.augserve.onnx.graph;

import io.augserve.onnx.model.WeightTensor;
import io.augserve.onnx.model.Weights;
import java.nio.file.Path;
import java.util.List;

/** Weights as ONNX external data. */
final class ExternalWeights {
    private final Weights weights;
    private final RealFiles files;

    private ExternalWeights(Weights weights, RealFiles files) {
        this.weights = weights;
        this.files = files;
    }

    /** Resolves the files of all tensors. */
    static ExternalWeights of(Weights weights) {
        List<Path> files = weights.names().stream().map(name -> weights.find(name).orElseThrow().file()).toList();
        return new ExternalWeights(weights, RealFiles.of(weights.source(), files));
    }

    Path folder() {
        return files.folder();
    }

    /** A tensor that the check has found before. */
    WeightTensor tensor(String name) {
        return weights.find(name).orElseThrow();
    }

    /** The tensor's file relative to {@link #folder()}. */
    String location(WeightTensor tensor) {
        return files.location(tensor.file());
    }
}
