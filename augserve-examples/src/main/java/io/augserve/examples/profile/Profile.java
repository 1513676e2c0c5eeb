package io.augserve.examples.profile;

import io.augserve.engine.Ticker;
import io.augserve.examples.BadInputException;
import io.augserve.examples.DeviceOption;
import io.augserve.examples.ModelOption;
import io.augserve.examples.OnnxEngines;
import io.augserve.examples.OutputFile;
import io.augserve.examples.ThreadsOption;
import io.augserve.examples.simulate.ProfileWriter;
import io.augserve.onnx.OnnxEngine;
import io.augserve.profile.EngineProfile;
import io.augserve.profile.Profiler;
import io.augserve.simulation.HardwareProfile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures a model on this machine, shows the fitted model of its step times, and writes it for the simulator. */
@Command(name = "profile", mixinStandardHelpOptions = true, description = "Measures what steps of a model cost on this machine.")
public final class Profile implements Callable<Integer> {
    private static final double LONGEST = 3_600;

    @Spec
    private @Nullable CommandSpec spec;

    @Mixin
    private ModelOption model = new ModelOption();

    @Option(names = "--seconds", paramLabel = "S", description = "how long to measure; more reaches larger steps and repeats them (default: 5)")
    private double seconds = 5;

    @Mixin
    private ThreadsOption threads = new ThreadsOption();

    @Mixin
    private DeviceOption device = new DeviceOption();

    @Option(names = "--json", paramLabel = "FILE", description = "write the profile for 'augserve simulate --profile FILE'")
    private @Nullable Path json;

    @Override
    public Integer call() throws IOException {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        if (!(seconds >= 1e-3 && seconds <= LONGEST)) {
            throw new BadInputException("--seconds: expected 0.001 to 3600, got " + seconds);
        }
        threads.count();
        device.device();
        if (json != null) {
            OutputFile.requireWritable("--json", json);
        }
        OnnxEngine.Builder builder = OnnxEngine.builder(model.directory()).threads(threads.count());
        try (OnnxEngine engine = OnnxEngines.open(builder, device)) {
            EngineProfile profile = Profiler.measure(engine, Ticker.system(),
                    Duration.ofNanos(Math.round(seconds * 1e9)));
            ProfileReport.print(out, profile);
            if (json != null) {
                ProfileWriter.write(json, HardwareProfile.of(profile));
            }
        }
        return 0;
    }
}
