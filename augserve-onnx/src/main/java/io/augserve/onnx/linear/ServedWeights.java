package io.augserve.onnx.linear;

import io.augserve.onnx.kernel.Workers;
import io.augserve.onnx.model.ModelFormatException;
import io.augserve.onnx.model.WeightFormat;
import io.augserve.onnx.model.WeightTensor;
import io.augserve.onnx.model.WeightType;
import io.augserve.onnx.model.Weights;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The matrices of a model in the format in which they are served, mapped: where the checkpoint has that format, from its own files; otherwise from a
 * {@link WeightCache} beside them, which the first opening writes. Immutable but for {@link #close()}.
 */
public final class ServedWeights implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServedWeights.class);

    private final MappedFiles files = new MappedFiles();
    private final Map<String, Layer> layers = new LinkedHashMap<>();
    private final Map<String, Integer> numbers = new HashMap<>();

    private ServedWeights() {}

    /**
     * Opens the matrices of a checkpoint; their biases come with them.
     *
     * @param matrices the names of all of them
     * @param lookedUp those of which only single rows are read, and which stay as they are stored
     * @param workers convert them, if need be
     * @throws ModelFormatException if a file cannot be read, or written where it must be
     */
    public static ServedWeights open(Weights weights, List<String> matrices, Set<String> lookedUp,
            WeightOptions options, Workers workers) {
        ServedWeights served = new ServedWeights();
        try {
            served.load(weights, matrices, lookedUp, options, workers);
            return served;
        } catch (RuntimeException | Error e) {
            served.close();
            throw e;
        }
    }

    private void load(Weights weights, List<String> names, Set<String> lookedUp, WeightOptions options,
            Workers workers) {
        Map<String, Matrix> matrices = new LinkedHashMap<>();
        List<WeightTensor> toConvert = new ArrayList<>();
        for (String name : names) {
            WeightTensor tensor = weights.find(name).orElseThrow();
            boolean asStored = options.format() == WeightFormat.AS_STORED
                    || options.format() == WeightFormat.of(tensor.type());
            if (asStored || lookedUp.contains(name)) {
                matrices.put(name, stored(tensor));
            } else {
                toConvert.add(tensor);
            }
        }
        if (!toConvert.isEmpty()) {
            convert(weights, toConvert, options, workers).forEach(matrix -> matrices.put(matrix.name(), matrix));
        }
        matrices.forEach((name, matrix) -> {
            numbers.put(name, numbers.size());
            layers.put(name, new Layer(matrix, bias(weights, name)));
        });
    }

    private List<Matrix> convert(Weights weights, List<WeightTensor> tensors, WeightOptions options, Workers workers) {
        WeightLayout layout = WeightLayout.of(options.format(), options.groupSize());
        List<StoredMatrix> stored = tensors.stream().map(tensor -> new StoredMatrix(tensor, real(tensor.file())))
                .toList();
        WeightCache cache = new WeightCache(weights.source(), new CachePlan(stored, layout), workers);
        return cached(cache, CacheFolders.of(weights.source(), layout, options.cacheFolder()));
    }

    /** From the first place where they are right, or written into the first that can be written. */
    private List<Matrix> cached(WeightCache cache, List<CachePlace> places) {
        for (CachePlace place : places) {
            Optional<List<Matrix>> found = cache.open(place, files);
            if (found.isPresent()) {
                return found.get();
            }
        }
        List<String> refusals = new ArrayList<>();
        for (CachePlace place : places) {
            try {
                cache.write(place.file());
                Optional<List<Matrix>> written = cache.open(place, files);
                if (written.isPresent()) {
                    return written.get();
                }
                refusals.add(place.file() + " (is not what was written)");
            } catch (IOException e) {
                LOG.debug("converted weights could not be written to {}", place.file(), e);
                refusals.add(place.file() + " (" + e + ")");
            }
        }
        throw new ModelFormatException(places.getFirst().file(), "converted weights",
                "no place that can be written: " + String.join(", ", refusals), "a folder for them, as cacheFolder");
    }

    private Matrix stored(WeightTensor tensor) {
        List<Long> shape = tensor.shape();
        return new Matrix(tensor.name(), RowLayout.of(WeightFormat.of(tensor.type()), 1),
                Math.toIntExact(shape.get(0)), Math.toIntExact(shape.get(1)), data(tensor));
    }

    private MemorySegment data(WeightTensor tensor) {
        return files.map(real(tensor.file()), tensor.offset(), tensor.length());
    }

    private float[] bias(Weights weights, String matrix) {
        String name = matrix.substring(0, matrix.length() - ".weight".length()) + ".bias";
        return weights.find(name).map(this::values).orElse(new float[0]);
    }

    private float[] values(WeightTensor tensor) {
        WeightType type = tensor.type();
        RowLayout layout = RowLayout.of(WeightFormat.of(type), 1);
        MemorySegment data = data(tensor);
        float[] values = new float[Math.toIntExact(tensor.length() / type.bytes())];
        for (int i = 0; i < values.length; i++) {
            values[i] = layout.weight(data, 0, i);
        }
        return values;
    }

    private static Path real(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException e) {
            throw new ModelFormatException(file, "file", e.toString(), "a readable file", e);
        }
    }

    /** All layers by number. */
    public List<Layer> layers() {
        return List.copyOf(layers.values());
    }

    /** The number of a matrix by its name in the checkpoint. */
    public int number(String matrix) {
        Integer number = numbers.get(matrix);
        if (number == null) {
            throw new IllegalArgumentException("no matrix " + matrix + " among " + numbers.keySet());
        }
        return number;
    }

    /** Bytes of a tensor, if it is one of the matrices. */
    public OptionalLong bytes(String tensor) {
        Layer layer = layers.get(tensor);
        return layer == null ? OptionalLong.empty() : OptionalLong.of(layer.weights().data().byteSize());
    }

    /** The matrix of that name, which is there. */
    public Matrix matrix(String name) {
        return layers().get(number(name)).weights();
    }

    /** Bytes of all matrices. */
    public long bytes() {
        return layers.values().stream().mapToLong(layer -> layer.weights().data().byteSize()).sum();
    }

    /** Unmaps the files; no operator may use them any more. */
    @Override
    public void close() {
        files.close();
    }
}
