package io.augserve.examples.gpucheck;

import io.augserve.AugServe;
import io.augserve.examples.EmbeddedModel;
import io.augserve.examples.OnnxEngines;
import io.augserve.examples.tools.DemoTools;
import io.augserve.onnx.OnnxEngine;
import io.augserve.request.Generation;
import io.augserve.request.GenerationRequest;
import io.augserve.tool.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The small model that comes along answers its prompts with tools, through a server, on a device and on the processor, in a KV cache that is too small
 * for all requests at once, with a policy that swaps. Nine texts of ten must be the same: in half precision one or another word may tip over.
 */
final class ServedCheck {
    private static final double SHARE = 0.9;
    private static final int KV_TOKENS = 4096;
    private static final long HOST_BYTES = 64L << 20;

    private ServedCheck() {}

    static CheckResult check(UnaryOperator<OnnxEngine.Builder> place) throws IOException {
        Path model = EmbeddedModel.directory();
        List<String> expected = texts(OnnxEngine.builder(model));
        List<String> actual = texts(place.apply(OnnxEngine.builder(model)));
        int same = 0;
        for (int i = 0; i < expected.size(); i++) {
            same += expected.get(i).equals(actual.get(i)) ? 1 : 0;
        }
        return new CheckResult("served with tools", "as stored", same >= SHARE * expected.size(), expected.size(), 0,
                0, same + " of " + expected.size() + " texts are the same");
    }

    private static List<String> texts(OnnxEngine.Builder builder) throws IOException {
        List<String> prompts = Files.readAllLines(EmbeddedModel.directory().resolve("prompts.txt")).stream()
                .filter(line -> !line.isBlank()).toList();
        Tool[] tools = DemoTools.load(EmbeddedModel.directory().resolve("tools.json")).toArray(Tool[]::new);
        OnnxEngine engine = OnnxEngines.open(builder.kvCacheTokens(KV_TOKENS).hostKvBytes(HOST_BYTES));
        try (AugServe server = AugServe.builder(engine).tools(tools).policy("infercept").build()) {
            List<Generation> generations = prompts.stream()
                    .map(prompt -> server.submit(GenerationRequest.chat(prompt).build())).toList();
            return generations.stream().map(generation -> generation.join().text()).toList();
        }
    }
}
