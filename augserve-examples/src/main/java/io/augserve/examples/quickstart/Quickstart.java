package io.augserve.examples.quickstart;

import io.augserve.AugServe;
import io.augserve.Limits;
import io.augserve.examples.BadInputException;
import io.augserve.examples.DeviceOption;
import io.augserve.examples.EmbeddedModel;
import io.augserve.examples.OnnxEngines;
import io.augserve.examples.OutputFile;
import io.augserve.examples.tools.DemoTools;
import io.augserve.onnx.OnnxEngine;
import io.augserve.request.SamplingOptions;
import io.augserve.schedule.Policies;
import io.augserve.tool.Tool;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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

    @Option(names = "--model", paramLabel = "DIR", description = "a Hugging Face model directory (default: the small model that comes along)")
    private @Nullable Path model;

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

    @Option(names = "--threads", paramLabel = "N", description = "threads of the engine (default: one for each core)")
    private @Nullable Integer threads;

    @Option(names = "--policy", paramLabel = "NAME", description = "scheduling policy (default: fcfs)")
    private String policy = "fcfs";

    @Mixin
    private DeviceOption device = new DeviceOption();
    @Option(names = "--json", paramLabel = "FILE", description = "write the figures for machines to read")
    private @Nullable Path json;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = java.util.Objects.requireNonNull(spec).commandLine().getOut();
        requireAtLeastOne("--concurrency", concurrency);
        requireAtLeastOne("--max-tokens", maxTokens);
        if (!Policies.exists(policy)) {
            throw new BadInputException(
                    "--policy: expected one of " + String.join(", ", Policies.names()) + ", got '" + policy + "'");
        }
        device.device();
        if (json != null) {
            OutputFile.requireWritable("--json", json);
        }
        if (threads != null) {
            requireAtLeastOne("--threads", threads);
        }
        Path directory = model == null ? EmbeddedModel.directory() : model;
        List<String> questions = questions(directory);
        List<Tool> tools = tools(directory);
        OnnxEngine.Builder engine = OnnxEngine.builder(directory);
        if (threads != null) {
            engine.threads(threads);
        }
        Session session;
        try (AugServe server = AugServe.builder(OnnxEngines.open(engine, device)).tools(tools.toArray(Tool[]::new))
                .limits(limits()).policy(policy).build()) {
            SamplingOptions sampling = SamplingOptions.builder().maxTokens(maxTokens).build();
            session = Session.run(server, questions, concurrency, sampling, Board.create(out, questions));
        }
        Report.print(out, session);
        if (json != null) {
            JsonReport.write(json, directory, session);
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
            requireAtLeastOne("--requests", requests);
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

    private static void requireAtLeastOne(String option, int value) {
        if (value < 1) {
            throw new BadInputException(option + ": expected a number >= 1, got " + value);
        }
    }
}
