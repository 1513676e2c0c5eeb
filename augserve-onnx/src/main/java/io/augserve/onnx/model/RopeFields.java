package io.augserve.onnx.model;

import java.util.Optional;

/**
 * The rotary embedding's fields, which have moved over the years: {@code rope_theta} beside a {@code rope_scaling}
 * object whose kind is called {@code type} or {@code rope_type}, or both inside one {@code rope_parameters} object.
 *
 * @param theta base of the wavelengths
 * @param scaling scaling of the frequencies
 */
record RopeFields(double theta, RopeScaling scaling) {
    private static final double DEFAULT_THETA = 10_000;

    static RopeFields read(JsonFields config) {
        Optional<JsonFields> parameters = config.optionalObject("rope_parameters");
        Optional<JsonFields> scaling = parameters.or(() -> config.optionalObject("rope_scaling"));
        double outer = config.optionalPositive("rope_theta").orElse(DEFAULT_THETA);
        double theta = parameters.map(p -> p.optionalPositive("rope_theta").orElse(outer)).orElse(outer);
        return new RopeFields(theta, scaling.map(s -> scaling(config, s)).orElse(new RopeScaling.None()));
    }

    private static RopeScaling scaling(JsonFields config, JsonFields scaling) {
        if (scaling.optionalNumber("partial_rotary_factor", 0).orElse(1) != 1) {
            throw scaling.problem("partial_rotary_factor", "a rotation of a part of each head", "1 or nothing");
        }
        String kind = scaling.optionalString("rope_type").or(() -> scaling.optionalString("type"))
                .orElseThrow(() -> scaling.problem("rope_type", "nothing", "default, linear or llama3"));
        return switch (kind) {
            case "default" -> new RopeScaling.None();
            case "linear" -> new RopeScaling.Linear(scaling.requirePositive("factor"));
            case "llama3" -> llama3(config, scaling);
            default -> throw scaling.problem("rope_type", kind, "default, linear or llama3");
        };
    }

    private static RopeScaling llama3(JsonFields config, JsonFields scaling) {
        double low = scaling.requirePositive("low_freq_factor");
        double high = scaling.requirePositive("high_freq_factor");
        if (high <= low) {
            throw scaling.problem("high_freq_factor", Double.toString(high), "more than low_freq_factor, " + low);
        }
        int original = scaling.optionalInt("original_max_position_embeddings", 1)
                .orElseGet(() -> config.requireInt("original_max_position_embeddings", 1));
        return new RopeScaling.Llama3(scaling.requirePositive("factor"), low, high, original);
    }
}
