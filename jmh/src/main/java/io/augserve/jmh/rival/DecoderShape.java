package io.augserve.jmh.rival;

import java.util.List;

/**
 * The sizes of a decoder of Llama's kind.
 *
 * @param name as the command line and the report have it
 */
record DecoderShape(String name, int layers, int hidden, int inner, int heads, int kvHeads, int headSize,
        int vocabulary) {
    private static final List<DecoderShape> KNOWN = List.of(new DecoderShape("small", 4, 512, 1536, 8, 4, 64, 256),
            new DecoderShape("SmolLM2-135M", 30, 576, 1536, 9, 3, 64, 49152));

    static DecoderShape named(String name) {
        return KNOWN.stream().filter(shape -> shape.name.equals(name)).findFirst()
                .orElseThrow(() -> new IllegalArgumentException("shape " + name + ": expected one of "
                        + KNOWN.stream().map(DecoderShape::name).toList()));
    }

    int queryWidth() {
        return heads * headSize;
    }

    int kvWidth() {
        return kvHeads * headSize;
    }
}
