package io.augserve.examples.quickstart;

import io.augserve.AugServe;
import io.augserve.Limits;
import io.augserve.examples.BadInputException;
import io.augserve.examples.DeviceOption;
import io.augserve.examples.EmbeddedModel;
import io.augserve.examples.JsonOption;
import io.augserve.examples.ModelOption;
import io.augserve.examples.Numbers;
import io.augserve.examples.OnnxEngines;
import io.augserve.examples.PolicyOption;
import io.augserve.examples.ThreadsOption;
import io.augserve.examples.tools.DemoTools;
import io.augserve.onnx.OnnxEngine;
import io.augserve.request.SamplingOptions;
import io.augserve.tool.Tool;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Serves prompts and shows their progress, their texts with the tool calls, and a table of times. */
@Command(name = "quickstart", mixinStandardHelpOptions = true, description = "Serves concurrent tool-calling requests and shows what happens to them.")
public final class Quickstart implements Callable<Integer> {
    private static final int DEFAULT_CONCURRENCY = 16;

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private ModelOption model = new ModelOption();

    @Option(names = "--prompt", paramLabel = "TEXT", description = "ask this instead of the example prompts; may be repeated")
    private List<String> prompts = new ArrayList<>();

    @Option(names = "--prompts", paramLabel = "FILE", description = "ask every line of this file")
    private @Nullable Path promptFile;

    @Option(names = "--concurrency", paramLabel = "N", description = "requests in flight at once (default: 16)")
    private int concurrency = DEFAULT_CONCURRENCY;

    @Option(names = "--requests", paramLabel = "N", description = "requests in all; prompts are repeated or cut (default: one for each prompt, at least one for each of --concurrency unless --prompt is given)")
    private @Nullable Integer requests;

    @Option(names = "--max-tokens", paramLabel = "N", description = "output tokens of a request at most (default: 160)")
    private int maxTokens = 160;

    @Mixin
    private ThreadsOption threads = new ThreadsOption();

    @Mixin
    private PolicyOption policy = new PolicyOption("fcfs");

    @Mixin
    private DeviceOption device = new DeviceOption();

    @Mixin
    private JsonOption json = new JsonOption();

    @Override
    public Integer call() throws IOException {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        Numbers.requireAtLeast("--concurrency", concurrency, 1);
        Numbers.requireAtLeast("--max-tokens", maxTokens, 1);
        policy.name();
        device.device();
        json.requireWritable();
        threads.count();
        Path directory = model.directory();
        List<String> questions = questions(directory);
        List<Tool> tools = tools(directory);
        OnnxEngine.Builder engine = OnnxEngine.builder(directory).threads(threads.count());
        Session session;
        try (AugServe server = AugServe.builder(OnnxEngines.open(engine, device)).tools(tools.toArray(Tool[]::new))
                .limits(limits()).policy(policy.name()).build()) {
            SamplingOptions sampling = SamplingOptions.builder().maxTokens(maxTokens).build();
            session = Session.run(server, questions, concurrency, sampling, Board.create(out, questions));
        }
        Report.print(out, session);
        if (json.file().isPresent()) {
            JsonReport.write(json.file().get(), directory, session);
        }
        return session.failures().isEmpty() ? 0 : 1;
    }

    /** As many requests as are in flight at once always have a place. */
    private Limits limits() {
        return Limits.DEFAULT.withMaxRunning(concurrency)
                .withMaxRequests(Math.max(concurrency, Limits.DEFAULT.maxRequests()));
    }

    private List<String> questions(Path directory) {
        List<String> given = new ArrayList<>(prompts);
        if (promptFile != null) {
            given.addAll(lines(promptFile));
        }
        if (given.isEmpty()) {
            given.addAll(lines(besideOrEmbedded(directory, "prompts.txt")));
        }
        if (requests != null) {
            Numbers.requireAtLeast("--requests", requests, 1);
        }
        int count = Optional.ofNullable(requests)
                .orElse(prompts.isEmpty() ? Math.max(given.size(), concurrency) : given.size());
        List<String> questions = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            questions.add(given.get(i % given.size()));
        }
        return questions;
    }

    private static List<String> lines(Path file) {
        try {
            List<String> lines = Files.readAllLines(file).stream().filter(line -> !line.isBlank()).toList();
            if (lines.isEmpty()) {
                throw new BadInputException(file + ": expected at least one prompt, one a line");
            }
            return lines;
        } catch (NoSuchFileException e) {
            throw new BadInputException(file + ": there is no such file; expected prompts, one a line");
        } catch (IOException e) {
            throw new BadInputException(file + ": cannot be read as UTF-8 text (" + e.getClass().getSimpleName()
                    + "); expected prompts, one a line");
        }
    }

    /** A model without tools.json of its own is offered the same four tools. */
    private static List<Tool> tools(Path directory) {
        Path file = besideOrEmbedded(directory, "tools.json");
        try {
            return DemoTools.load(file);
        } catch (IllegalArgumentException e) {
            throw new BadInputException(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw new BadInputException(file + ": cannot be read as UTF-8 text (" + e.getClass().getSimpleName()
                    + "); expected a JSON array of tool definitions");
        }
    }

    private static Path besideOrEmbedded(Path directory, String name) {
        Path own = directory.resolve(name);
        return Files.exists(own) ? own : EmbeddedModel.directory().resolve(name);
    }
}
