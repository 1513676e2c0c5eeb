package io.augserve.examples.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** The memory that this process occupies. */
public final class ResidentMemory {
    private static final Path STATUS = Path.of("/proc/self/status");

    private ResidentMemory() {}

    /** In MB of 1,048,576 bytes, mapped weight files included; empty where the system does not tell (only Linux does). */
    public static OptionalLong megabytes() {
        return field("VmRSS:");
    }

    /** The most that it was so far, likewise. */
    public static OptionalLong peakMegabytes() {
        return field("VmHWM:");
    }

    private static OptionalLong field(String name) {
        if (!Files.isReadable(STATUS)) {
            return OptionalLong.empty();
        }
        try (var lines = Files.lines(STATUS)) {
            return lines.filter(line -> line.startsWith(name))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10).findFirst();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }
}
