package io.augserve.examples.serve;

import io.augserve.tool.Tool;
import java.util.List;
import java.util.stream.Collectors;

/** What {@code augserve serve} says when it is ready. */
final class StartUp {
    private StartUp() {}

    static String text(String uri, String model, String policy, List<Tool> tools, boolean hasKey) {
        // What listens everywhere can be reached here.
        String here = uri.replace("//0.0.0.0:", "//127.0.0.1:");
        String lent = tools.stream().map(tool -> tool.spec().name()).collect(Collectors.joining(", "));
        String key = hasKey ? " -H 'authorization: Bearer KEY'" : "";
        return """
                AugServe is ready at %s

                  model      %s
                  policy     %s
                  tools      %s
                  key        %s
                  endpoints  POST /v1/chat/completions, POST /v1/completions, GET /v1/models, GET /health, GET /metrics
                  page       %s/

                Try it:

                  curl %s/v1/chat/completions -H 'content-type: application/json'%s \\
                    -d '{"model": "%s", "messages": [{"role": "user", "content": "Tell me a joke"}], "stream": true}'

                Ctrl-C ends it.
                """
                .formatted(uri, model, policy,
                        tools.isEmpty() ? "the clients'" : "the clients', else run here: " + lent,
                        hasKey ? "asked for" : "none", here, here, key, model);
    }
}
