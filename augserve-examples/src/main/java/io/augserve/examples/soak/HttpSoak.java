package io.augserve.examples.soak;

import io.augserve.AugServe;
import io.augserve.Limits;
import io.augserve.examples.BadInputException;
import io.augserve.examples.EmbeddedModel;
import io.augserve.examples.OnnxEngines;
import io.augserve.examples.PolicyOption;
import io.augserve.examples.openai.HttpLimits;
import io.augserve.examples.openai.LiveFeed;
import io.augserve.examples.openai.OpenAiServer;
import io.augserve.examples.tools.DemoTools;
import io.augserve.onnx.OnnxEngine;
import io.augserve.request.ServerStats;
import io.augserve.tool.Tool;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Serves the small model over HTTP to many clients that read streams at once, and checks every answer. */
@Command(name = "http-soak", mixinStandardHelpOptions = true, description = "Serves the small model over HTTP to hundreds of streaming clients; every answer is compared with the expected one, and memory and KV blocks must stay what they were.")
public final class HttpSoak implements Callable<Integer> {
    private static final int QUESTIONS = 120;
    private static final int MAX_TOKENS = 120;
    /** A third of what so many requests would like to have. */
    private static final int CACHE_TOKENS = 6 * 1_024;
    private static final int MOST_CLIENTS = 5_000;
    private static final int MOST_SECONDS = 24 * 3_600;
    private static final double NANOS_PER_SECOND = 1e9;
    private static final int SAMPLES = 20;
    private static final long GLANCE_MILLIS = 5;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(names = "--clients", paramLabel = "N", description = "clients at once (default: 500)")
    private int clients = 500;

    @Option(names = "--seconds", paramLabel = "S", description = "how long they go on asking (default: 60)")
    private int seconds = 60;

    @Mixin
    private PolicyOption policy = new PolicyOption("goodput");

    @Option(names = "--seed", paramLabel = "N", description = "of the questions and of who leaves when (default: 1)")
    private long seed = 1;

    @Mixin
    private SoakOptions options = new SoakOptions();

    @Override
    public Integer call() throws IOException, InterruptedException {
        check();
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        Tally tally = new Tally();
        List<SoakSample> samples = new ArrayList<>();
        OnnxEngine engine = OnnxEngines
                .open(OnnxEngine.builder(EmbeddedModel.directory()).threads(options.threads().count()).maxContext(1_024)
                        .kvCacheTokens(CACHE_TOKENS));
        List<Tool> tools = DemoTools.load(EmbeddedModel.directory().resolve("tools.json"));
        LiveFeed live = new LiveFeed(policy.name());
        try (AugServe server = AugServe.builder(engine).tools(tools.toArray(Tool[]::new)).policy(policy.name())
                .limits(Limits.DEFAULT.withMaxRequests(4 * clients)).observer(live).build();
                OpenAiServer http = OpenAiServer.builder(server).lendTools(true).live(live).limits(HttpLimits.DEFAULT
                        .withMaxConcurrent(4 * clients).withMaxConnections(4 * clients)).start()) {
            out.println("serving at " + http.uri() + ", which is also a page to look at");
            out.flush();
            ExpectedAnswers expected = ExpectedAnswers.ask(server, QUESTIONS, MAX_TOKENS, seed);
            serve(server, http, expected, tally, samples, out);
        }
        return report(tally, samples, out);
    }

    private void serve(AugServe server, OpenAiServer http, ExpectedAnswers expected, Tally tally,
            List<SoakSample> samples, PrintWriter out) throws InterruptedException {
        long begin = System.nanoTime();
        long end = begin + Math.round(seconds * NANOS_PER_SECOND);
        SplittableRandom random = new SplittableRandom(seed);
        List<Thread> threadsOfClients = new ArrayList<>();
        for (int i = 0; i < clients; i++) {
            StreamingClient client = new StreamingClient(URI.create(http.uri()), server.engineSpec().model(),
                    expected.all(), MAX_TOKENS, random.split(), tally);
            threadsOfClients.add(Thread.ofVirtual().start(() -> client.run(end)));
        }
        out.println("      s  answers  in flight   heap MB    RSS MB");
        for (int i = 1; i <= SAMPLES; i++) {
            Thread.sleep(Math.max(0, (begin + (end - begin) * i / SAMPLES - System.nanoTime()) / 1_000_000));
            int inFlight = http.inFlight();
            tally.add("most_in_flight", Math.max(0, inFlight - tally.of("most_in_flight")));
            samples.add(sample(begin, tally, inFlight, out));
        }
        for (Thread thread : threadsOfClients) {
            thread.join();
        }
        double took = (System.nanoTime() - begin) / NANOS_PER_SECOND;
        tally.add("answers_per_100_s", Math.round(100 * tally.of("answers") / took));
        int leaked = leaked(server, http);
        if (leaked != 0) {
            tally.violation(leaked + " KV blocks leaked");
        }
        // Not one of the samples that are compared: nobody is there any more.
        tally.add("heap_mb_afterwards",
                Math.round(sample(begin, tally, http.inFlight(), out).footprint().heapMegabytes()));
        if (http.inFlight() > 0) {
            tally.violation(http.inFlight() + " completions are still counted");
        }
    }

    private SoakSample sample(long begin, Tally tally, int inFlight, PrintWriter out) {
        SoakSample sample = new SoakSample((System.nanoTime() - begin) / NANOS_PER_SECOND, policy.name(),
                tally.of("requests"), 0, Footprint.take());
        out.printf(Locale.ROOT, "%7.1f  %7d  %9d  %8.1f  %8s%n", sample.seconds(), tally.of("answers"), inFlight,
                sample.footprint().heapMegabytes(),
                sample.footprint().residentText());
        out.flush();
        return sample;
    }

    /** Whoever left is noticed a moment later, and the figures are those after the latest step. */
    private static int leaked(AugServe server, OpenAiServer http) throws InterruptedException {
        ServerStats stats = server.stats();
        for (int i = 0; i < 2_000 && (stats.freeBlocks() != stats.capacityBlocks() || http.inFlight() > 0); i++) {
            Thread.sleep(GLANCE_MILLIS);
            stats = server.stats();
        }
        return stats.capacityBlocks() - stats.freeBlocks();
    }

    private int report(Tally tally, List<SoakSample> samples, PrintWriter out) throws IOException {
        SoakOutcome outcome = SoakOutcome.of(tally, samples);
        if (tally.of("answers") == 0) {
            outcome = outcome.withProblem("nobody was answered");
        }
        return outcome.report(out, options.json(),
                new SoakJson.Setup("tiny-tools", seconds / 60.0, seed, clients));
    }

    private void check() {
        if (clients < 1 || clients > MOST_CLIENTS) {
            throw new BadInputException("--clients: expected 1 to 5000, got " + clients);
        }
        if (seconds < 1 || seconds > MOST_SECONDS) {
            throw new BadInputException("--seconds: expected 1 to 86400, got " + seconds);
        }
        options.threads().count();
        policy.name();
        options.requireWritable();
    }
}
