package io.augserve.examples.micrometer;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Keeps the number of time series bounded: requests may bring tools of any name, so after the first hundred they are all the same. */
final class ToolNames {
    private static final int MOST = 100;
    private static final String OTHER = "other";

    private final Set<String> names = new HashSet<>();

    /** The name itself, or {@code other}. */
    String bounded(String name) {
        return names.contains(name) || (names.size() < MOST && names.add(name)) ? name : OTHER;
    }

    /** One name for the tools of a pause: that of the only one, {@code several}, or {@code none} if no call went to a tool. */
    String of(List<String> tools) {
        return switch ((int) tools.stream().distinct().count()) {
            case 0 -> "none";
            case 1 -> bounded(tools.getFirst());
            default -> "several";
        };
    }
}
