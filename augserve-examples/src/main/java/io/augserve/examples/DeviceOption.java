package io.augserve.examples;

import io.augserve.onnx.Device;
import io.augserve.onnx.OnnxEngine;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where an engine computes, and with which native library: two options that several commands have. */
public final class DeviceOption {
    @Option(names = "--device", paramLabel = "DEVICE", description = "where to compute: cpu or cuda:N (default: cpu)")
    private String device = "cpu";
    @Option(names = "--library", paramLabel = "PATH", description = "ONNX Runtime's native library, or its folder (default: the one on the class path)")
    private @Nullable Path library;

    /**
     * The device that was asked for.
     *
     * @throws BadInputException if the option names none
     */
    public Device device() {
        try {
            return Device.parse(device);
        } catch (IllegalArgumentException e) {
            throw new BadInputException("--device: expected cpu or cuda:N, got '" + device + "'");
        }
    }

    /** The library that was asked for. */
    public Optional<Path> library() {
        return Optional.ofNullable(library);
    }

    /** Sets device and library of an engine. */
    public OnnxEngine.Builder apply(OnnxEngine.Builder builder) {
        library().ifPresent(builder::library);
        return builder.device(device());
    }
}
