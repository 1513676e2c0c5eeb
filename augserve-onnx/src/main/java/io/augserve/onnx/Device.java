package io.augserve.onnx;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where an engine computes and keeps its KV cache.
 *
 * @param kind of device
 * @param ordinal which one of that kind, from 0; 0 unless the kind is {@link Kind#CUDA}
 */
public record Device(Kind kind, int ordinal) {
    private static final Pattern CUDA = Pattern.compile("cuda(?::(\\d{1,3}))?");

    /** The kinds of devices. */
    public enum Kind {
        /** The processor: attention and linear layers of our own, in fp32. */
        CPU,
        /** An NVIDIA GPU through ONNX Runtime's CUDA provider, in fp16 or bf16. */
        CUDA,
        /**
         * The processor, treated as a device whose memory Java cannot address: the graph, copies and sampling are those of {@link #CUDA}, with ONNX
         * Runtime's operators for the CPU and attention of our own. Slower than {@link #CPU}, and for tests of that way alone.
         */
        REHEARSAL
    }

    /**
     * @throws IllegalArgumentException if there can be no such device
     */
    public Device {
        if (ordinal < 0 || (kind != Kind.CUDA && ordinal != 0)) {
            throw new IllegalArgumentException("there is no device " + kind + " " + ordinal);
        }
    }

    /** The processor. */
    public static Device cpu() {
        return new Device(Kind.CPU, 0);
    }

    /** The NVIDIA GPU of that number, as {@code nvidia-smi} counts those that the process may see, from 0. */
    public static Device cuda(int ordinal) {
        return new Device(Kind.CUDA, ordinal);
    }

    /** {@link Kind#REHEARSAL}. */
    public static Device rehearsal() {
        return new Device(Kind.REHEARSAL, 0);
    }

    /**
     * Reads what {@link #toString} writes; {@code cuda} stands for {@code cuda:0}.
     *
     * @throws IllegalArgumentException if the text is no device
     */
    public static Device parse(String text) {
        Matcher cuda = CUDA.matcher(text);
        if (cuda.matches()) {
            return cuda(cuda.group(1) == null ? 0 : Integer.parseInt(cuda.group(1)));
        }
        return switch (text) {
            case "cpu" -> cpu();
            case "rehearsal" -> rehearsal();
            default -> throw new IllegalArgumentException("expected cpu, cuda:N or rehearsal, got '" + text + "'");
        };
    }

    boolean isCuda() {
        return kind == Kind.CUDA;
    }

    /** Whether Java can address its memory, or rather whether it does. */
    boolean isAddressed() {
        return kind == Kind.CPU;
    }

    /** Where ONNX Runtime's tensors are. */
    io.augserve.onnx.runtime.Device memory() {
        return isCuda() ? io.augserve.onnx.runtime.Device.cuda(ordinal) : io.augserve.onnx.runtime.Device.CPU;
    }

    /** {@code cpu}, {@code cuda:N} or {@code rehearsal}. */
    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT) + (isCuda() ? ":" + ordinal : "");
    }
}
