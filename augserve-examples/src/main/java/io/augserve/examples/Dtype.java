package io.augserve.examples;

import io.augserve.onnx.model.WeightFormat;
import java.util.Arrays;
import java.util.Locale;

/**
 * What an engine keeps its weights in, as options name it.
 *
 * @param name {@code auto} for as stored, or that of a format in small letters
 * @param format the format
 */
public record Dtype(String name, WeightFormat format) {
    /** As stored. */
    public static final String AUTO = "auto";

    /**
     * The one that {@code --dtype} names.
     *
     * @throws BadInputException if it names none
     */
    public static Dtype of(String name) {
        if (name.equals(AUTO)) {
            return new Dtype(name, WeightFormat.AS_STORED);
        }
        return Arrays.stream(WeightFormat.values())
                .filter(format -> format != WeightFormat.AS_STORED
                        && format.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst().map(format -> new Dtype(name, format)).orElseThrow(() -> new BadInputException(
                        "--dtype: expected one of auto, fp32, fp16, bf16, int8, int4, got '" + name + "'"));
    }
}
