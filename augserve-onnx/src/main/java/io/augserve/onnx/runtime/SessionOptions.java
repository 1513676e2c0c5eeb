package io.augserve.onnx.runtime;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a session runs. Start from {@link #defaults()} and change what differs.
 *
 * @param intraOpThreads threads that one operator may use, the caller's included; 0 leaves it to ONNX Runtime (one per core)
 * @param spinning whether idle threads of the session spin before they sleep; off by default, because in a host application they would take the
 *     cores from everybody else
 * @param externalInitializers the folder in which external data locations are looked up, for a model that comes from memory
 * @param device where operators run
 * @param deviceOptions options of the CUDA provider, such as {@code enable_cuda_graph}; unused on the CPU
 * @param operators operators written in Java, which the model may use beside ONNX Runtime's own
 */
public record SessionOptions(int intraOpThreads, boolean spinning, Optimization optimization,
        Optional<Path> externalInitializers, Device device,
        Map<String, String> deviceOptions, List<CustomOperator> operators) {

    /** Graph optimisation, by ONNX Runtime's levels. */
    public enum Optimization {
        NONE(0), BASIC(1), EXTENDED(2), ALL(99);

        final int code;

        Optimization(int code) {
            this.code = code;
        }
    }

    public SessionOptions {
        if (intraOpThreads < 0) {
            throw new IllegalArgumentException(
                    "intraOpThreads must be 0 (ONNX Runtime decides) or more, got " + intraOpThreads);
        }
        deviceOptions = Map.copyOf(deviceOptions);
        operators = List.copyOf(operators);
    }

    /** The CPU, all optimisations, one thread per core, no spinning. */
    public static SessionOptions defaults() {
        return new SessionOptions(0, false, Optimization.ALL, Optional.empty(), Device.CPU, Map.of(), List.of());
    }

    public SessionOptions withIntraOpThreads(int threads) {
        return new SessionOptions(threads, spinning, optimization, externalInitializers, device, deviceOptions,
                operators);
    }

    public SessionOptions withSpinning(boolean spin) {
        return new SessionOptions(intraOpThreads, spin, optimization, externalInitializers, device, deviceOptions,
                operators);
    }

    public SessionOptions withOptimization(Optimization level) {
        return new SessionOptions(intraOpThreads, spinning, level, externalInitializers, device, deviceOptions,
                operators);
    }

    public SessionOptions withExternalInitializers(Path folder) {
        return new SessionOptions(intraOpThreads, spinning, optimization, Optional.of(folder), device, deviceOptions,
                operators);
    }

    public SessionOptions withDevice(Device where) {
        return new SessionOptions(intraOpThreads, spinning, optimization, externalInitializers, where, deviceOptions,
                operators);
    }

    public SessionOptions withDeviceOptions(Map<String, String> options) {
        return new SessionOptions(intraOpThreads, spinning, optimization, externalInitializers, device, options,
                operators);
    }

    public SessionOptions withOperators(CustomOperator... registered) {
        return new SessionOptions(intraOpThreads, spinning, optimization, externalInitializers, device, deviceOptions,
                List.of(registered));
    }
}
