package io.augserve.onnx.text;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Starts Hugging Face's native tokenizer, as DJL packs it, without any use of the network. */
final class NativeTokenizer {
    private NativeTokenizer() {}

    /**
     * A tokenizer that adds nothing and cuts nothing off.
     *
     * @param json text of a {@code tokenizer.json}
     * @throws IOException if the native code does not take it
     * @throws RuntimeException if the native code does not take it
     */
    static HuggingFaceTokenizer open(String json) throws IOException {
        // DJL reports its use unless told not to, and where it finds a GPU it downloads a native library for it, which
        // only its models need. A library must do neither to its host. Whoever has set these already keeps them.
        setIfAbsent("OPT_OUT_TRACKING", "true");
        setIfAbsent("RUST_FLAVOR", "cpu");
        try (InputStream in = new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8))) {
            return HuggingFaceTokenizer.newInstance(in, Map.of("addSpecialTokens", "false", "truncation", "false"));
        }
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }
}
