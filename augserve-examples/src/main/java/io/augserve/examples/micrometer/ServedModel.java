package io.augserve.examples.micrometer;

import static java.util.Objects.requireNonNull;

import io.augserve.engine.Engine;

/**
 * What the metrics of one server say about its model. Two servers that share a registry need different names or engines here.
 *
 * @param name the model's name as clients know it: label {@code model_name}
 * @param engine which of several engines of one process: label {@code engine}; {@code 0} for the only one
 * @param maxContext most tokens of one request; at least 1
 * @param blockSize tokens per KV block; at least 1
 * @param blocks KV blocks in all; at least 1
 */
public record ServedModel(String name, String engine, int maxContext, int blockSize, int blocks) {
    /**
     * @throws IllegalArgumentException if a size is not positive
     */
    public ServedModel {
        requireNonNull(name, "name");
        requireNonNull(engine, "engine");
        requirePositive("maxContext", maxContext);
        requirePositive("blockSize", blockSize);
        requirePositive("blocks", blocks);
    }

    /** The only engine of its process, under its own model's name. */
    public static ServedModel of(Engine engine) {
        return of(engine.spec().model(), engine);
    }

    /** The only engine of its process, under a name of one's own. */
    public static ServedModel of(String name, Engine engine) {
        return new ServedModel(name, "0", engine.spec().maxContext(), engine.kvCache().blockSize(),
                engine.kvCache().capacity());
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + ": expected at least 1, got " + value);
        }
    }
}
