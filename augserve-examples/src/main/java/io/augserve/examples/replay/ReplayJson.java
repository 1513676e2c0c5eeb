package io.augserve.examples.replay;

import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The figures for machines: one array, an object for each policy and {@link Origin}, with the names of
 * {@link io.augserve.simulation.RunMetrics#toMap()} after {@code origin}.
 */
final class ReplayJson {
    private ReplayJson() {}

    static void write(Path file, List<Pair> pairs) throws IOException {
        List<Map<String, Object>> runs = new ArrayList<>();
        for (Pair pair : pairs) {
            for (Origin origin : Origin.values()) {
                Map<String, Object> run = new LinkedHashMap<>();
                run.put("origin", origin.toString());
                run.putAll(pair.of(origin).toMap());
                runs.add(run);
            }
        }
        Files.writeString(file,
                new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(runs) + "\n");
    }
}
