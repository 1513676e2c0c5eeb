package io.augserve.examples.simulate;

import io.augserve.examples.BadInputException;
import io.augserve.predict.IterationTime;
import io.augserve.simulation.HardwareProfile;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;

/**
 * Finds a hardware profile: a built-in one by name, or one in a JSON file. The file is one of
 * <ul>
 * <li>a profile itself: {@code a, b, c, d, e, m0, overhead_ms} (see {@link IterationTime}), {@code kv_tokens},
 * {@code kv_bytes_per_token}, {@code host_bytes}, {@code pcie_gbps}, all required; {@code name}, {@code block_size} (16),
 * {@code max_batch_tokens} (2,048), {@code max_sequences} (256) and {@code from} are optional
 * <li>{@code "setups"}: an object of such profiles by name; {@code FILE#NAME} chooses one
 * <li>{@code "models"}: an object of fitted models by name, each with {@code "hinge"} or {@code "linear"} constants. What they lack
 * defaults to no overhead, 131,072 bytes of KV per token (Llama-3-8B), 128 GB of host memory and 26 GB/s (PCIe 4 x16);
 * {@code kv_tokens} has no default
 * </ul>
 * NAME may be the beginning of a name if only one begins so.
 */
final class ProfileReader {
    private static final double LARGE = 1e15;
    private static final String EXPECTED = "a JSON file with a hardware profile, or one of "
            + String.join(", ", HardwareProfile.names());

    private ProfileReader() {}

    /**
     * The profile of that name, or in that file.
     *
     * @throws BadInputException if there is none, or it cannot be used
     */
    static HardwareProfile of(String spec) {
        Optional<HardwareProfile> builtin = HardwareProfile.builtin(spec);
        if (builtin.isPresent()) {
            return builtin.get();
        }
        // A file's own name may hold a '#'.
        int mark = isFile(spec) ? -1 : spec.lastIndexOf('#');
        String file = mark < 0 ? spec : spec.substring(0, mark);
        JsonFields root = JsonFields.parse(file,
                String.join("\n", InputFile.lines("--profile", file, EXPECTED)));
        Optional<String> name = mark < 0 ? Optional.empty() : Optional.of(spec.substring(mark + 1));
        for (String group : List.of("setups", "models")) {
            if (root.has(group)) {
                return inGroup(spec, file, root.child(group), name);
            }
        }
        if (name.isPresent()) {
            throw new BadInputException("--profile " + spec + ": expected \"setups\" or \"models\" in " + file
                    + " to choose " + name.get() + " from");
        }
        return profile(root, root, String.valueOf(Path.of(file).getFileName()), false);
    }

    private static boolean isFile(String spec) {
        try {
            return Files.exists(Path.of(spec));
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static HardwareProfile inGroup(String spec, String file, JsonFields group, Optional<String> asked) {
        String prefix = asked.orElse("");
        Set<String> names = group.object().keySet();
        List<String> fitting = names.contains(prefix)
                ? List.of(prefix)
                : names.stream().filter(name -> name.startsWith(prefix)).toList();
        if (fitting.size() != 1) {
            throw new BadInputException("--profile " + spec + ": expected " + file + "#NAME with one of "
                    + String.join(", ", names));
        }
        String name = fitting.getFirst();
        JsonFields chosen = group.child(name);
        for (String form : List.of("hinge", "linear")) {
            if (chosen.has(form)) {
                return profile(chosen.child(form), chosen, name, true);
            }
        }
        return profile(chosen, chosen, name, false);
    }

    /**
     * @param constants of the iteration time
     * @param machine memory and limits
     * @param fitted whether it is a fitted model, which says nothing about its machine
     */
    private static HardwareProfile profile(JsonFields constants, JsonFields machine, String name, boolean fitted) {
        IterationTime time = new IterationTime(constants.requiredNumber("a", 0, LARGE),
                constants.requiredNumber("b", 0, LARGE), constants.requiredNumber("c", 0, LARGE),
                constants.requiredNumber("d", 0, LARGE), constants.requiredNumber("e", 0, LARGE),
                number(constants, "m0", 0, fitted, 0), number(machine, "overhead_ms", 0, fitted, 0));
        if (time.a() + time.overheadMillis() < Seconds.LEAST) {
            throw constants.bad("a", "more than 0 ms per iteration, or virtual time stands still");
        }
        int blockSize = machine.count("block_size", 1, 16);
        int kvTokens = machine.requiredCount("kv_tokens", blockSize);
        double kvBytes = number(machine, "kv_bytes_per_token", 1, fitted, 131_072);
        double hostBytes = number(machine, "host_bytes", 0, fitted, 128e9);
        double pcieGigabytes = number(machine, "pcie_gbps", Seconds.LEAST, fitted, 26);
        return new HardwareProfile(machine.text("name").orElse(name), time, kvTokens, blockSize, Math.round(kvBytes),
                Math.round(hostBytes), pcieGigabytes * 1e9, machine.count("max_batch_tokens", 1, 2_048),
                machine.count("max_sequences", 1, 256), machine.text("from").orElse("read from a file"));
    }

    private static double number(JsonFields fields, String field, double least, boolean optional, double missing) {
        OptionalDouble value = fields.number(field, least, LARGE);
        if (value.isEmpty() && !optional) {
            throw fields.bad(field, "a number");
        }
        return value.orElse(missing);
    }
}
