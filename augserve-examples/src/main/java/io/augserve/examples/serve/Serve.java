package io.augserve.examples.serve;

import io.augserve.AugServe;
import io.augserve.Limits;
import io.augserve.examples.BadInputException;
import io.augserve.examples.Dtype;
import io.augserve.examples.EmbeddedModel;
import io.augserve.examples.ModelOption;
import io.augserve.examples.Numbers;
import io.augserve.examples.OnnxEngines;
import io.augserve.examples.PolicyOption;
import io.augserve.examples.ThreadsOption;
import io.augserve.examples.micrometer.PrometheusPage;
import io.augserve.examples.micrometer.ServedModel;
import io.augserve.examples.micrometer.ServerMetrics;
import io.augserve.examples.openai.HttpLimits;
import io.augserve.examples.openai.LiveFeed;
import io.augserve.examples.openai.OpenAiServer;
import io.augserve.examples.tools.DemoTools;
import io.augserve.observe.ServerObserver;
import io.augserve.onnx.OnnxEngine;
import io.augserve.tool.Tool;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Serves a model over HTTP until the process is told to end. */
@Command(name = "serve", mixinStandardHelpOptions = true, description = "Serves a model over HTTP as OpenAI's API does, with metrics and a page to look at.")
public final class Serve implements Callable<Integer> {
    /** What may still happen after the grace: the last step, and telling the clients. */
    private static final long LAST_SECONDS = 15;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--port", paramLabel = "N", description = "where to listen; 0 for any that is free (default: 8080)")
    private int port = 8080;

    @Option(names = "--host", paramLabel = "ADDRESS", description = "address to listen on; 0.0.0.0 for all (default: loopback, this machine alone)")
    private String host = "127.0.0.1";

    @Mixin
    private ModelOption model = new ModelOption();

    @Option(names = "--model-id", paramLabel = "NAME", description = "the name by which clients ask for the model (default: the directory's)")
    private @Nullable String modelId;

    @Mixin
    private PolicyOption policy = new PolicyOption("goodput");

    @Option(names = "--api-key", paramLabel = "KEY", description = "what clients must send as a bearer token (default: $AUGSERVE_API_KEY, or none)")
    private @Nullable String apiKey;

    @Option(names = "--dtype", paramLabel = "TYPE", description = "what the weights are kept in: auto for as stored, fp32, fp16, bf16, int8 or int4 (default: auto)")
    private String dtype = Dtype.AUTO;

    @Mixin
    private ThreadsOption threads = new ThreadsOption();

    @Option(names = "--max-context", paramLabel = "N", description = "longest sequence in tokens (default: 8192, or the model's)")
    private int maxContext = 8192;

    @Option(names = "--kv-tokens", paramLabel = "N", description = "tokens that the KV cache holds (default: what fits 512 MiB)")
    private @Nullable Integer kvTokens;

    @Option(names = "--max-concurrent", paramLabel = "N", description = "completions at once; others are told to come again (default: 1024)")
    private int maxConcurrent = HttpLimits.DEFAULT.maxConcurrent();

    @Option(names = "--tools", description = "run the example tools here, for chats that bring no tools of their own")
    private boolean lendTools;

    @Option(names = "--grace", paramLabel = "S", description = "seconds that requests may still take when the process is told to end (default: 20)")
    private int grace = 20;

    @Override
    public Integer call() throws IOException {
        InetAddress address = check();
        List<Tool> tools = lendTools
                ? DemoTools.load(EmbeddedModel.directory().resolve("tools.json"))
                : List.of();
        OnnxEngine.Builder description = OnnxEngine.builder(model.directory()).threads(threads.count())
                .weights(Dtype.of(dtype).format()).maxContext(maxContext);
        if (kvTokens != null) {
            description.kvCacheTokens(kvTokens);
        }
        OnnxEngine engine = OnnxEngines.open(description);
        String name = Optional.ofNullable(modelId).orElseGet(() -> engine.spec().model());
        LiveFeed live = new LiveFeed(policy.name());
        PrometheusMeterRegistry registry = PrometheusPage.registry();
        AugServe server = AugServe.builder(engine).tools(tools.toArray(Tool[]::new)).policy(policy.name())
                .limits(Limits.DEFAULT.withMaxRequests(Math.max(maxConcurrent, Limits.DEFAULT.maxRequests())))
                .observer(ServerObserver.all(ServerMetrics.observer(registry, ServedModel.of(name, engine)), live))
                .build();
        OpenAiServer http;
        try {
            http = open(server, address, name, live, registry);
        } catch (IOException e) {
            server.close();
            throw new BadInputException("--host and --port: " + e.getMessage());
        }
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        out.print(StartUp.text(http.uri(), name, policy.name(), tools, key().isPresent()));
        out.flush();
        awaitEnd(http, server, out);
        return 0;
    }

    private OpenAiServer open(AugServe server, InetAddress address, String name, LiveFeed live,
            PrometheusMeterRegistry registry) throws IOException {
        OpenAiServer.Builder builder = OpenAiServer.builder(server).host(address).port(port).modelId(name).live(live)
                .metrics(registry::scrape).lendTools(lendTools).closeGrace(Duration.ofSeconds(grace))
                .limits(HttpLimits.DEFAULT.withMaxConcurrent(maxConcurrent)
                        .withMaxConnections(Math.max(2 * maxConcurrent, HttpLimits.DEFAULT.maxConnections())));
        key().ifPresent(builder::apiKey);
        return builder.start();
    }

    /** Until the process is told to end; then the requests that run have their grace. */
    private void awaitEnd(OpenAiServer http, AugServe server, PrintWriter out) {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        Thread hook = new Thread(() -> {
            asked.countDown();
            try {
                if (!done.await(grace + LAST_SECONDS, TimeUnit.SECONDS)) {
                    out.println("augserve: the last requests do not end; leaving");
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }, "augserve-end");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            awaitQuietly(asked);
            out.println("augserve: ending; requests that run have " + grace + " s");
            out.flush();
            http.close();
            server.close(Duration.ZERO);
            out.println("augserve: ended");
            out.flush();
        } finally {
            // From here on the process may be gone at any moment.
            done.countDown();
        }
    }

    /** An interrupt is another way to be told to end. */
    @SuppressWarnings("InterruptedExceptionSwallowed")
    private static void awaitQuietly(CountDownLatch asked) {
        try {
            asked.await();
        } catch (InterruptedException e) {
            // Then it is time.
        }
    }

    private Optional<String> key() {
        return Optional.ofNullable(apiKey).or(() -> Optional.ofNullable(System.getenv("AUGSERVE_API_KEY")))
                .filter(key -> !key.isBlank());
    }

    private InetAddress check() {
        policy.name();
        if (port < 0 || port > 65_535) {
            throw new BadInputException("--port: expected 0 to 65535, got " + port);
        }
        threads.count();
        Numbers.requireAtLeast("--max-context", maxContext, 1);
        Numbers.requireAtLeast("--max-concurrent", maxConcurrent, 1);
        Numbers.requireAtLeast("--grace", grace, 0);
        if (kvTokens != null) {
            Numbers.requireAtLeast("--kv-tokens", kvTokens, 1);
        }
        Dtype.of(dtype);
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new BadInputException("--host: expected an address of this machine, got '" + host + "'");
        }
    }
}
