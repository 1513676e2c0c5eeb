package io.augserve.examples.simulate;

import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The figures for machines: one array, one object a run, with the names of {@link io.augserve.simulation.RunMetrics#toMap()}. */
final class JsonReport {
    private JsonReport() {}

    static void write(Path file, Results results) throws IOException {
        List<? extends Map<String, Object>> runs = results.runs().stream().map(run -> run.metrics().toMap()).toList();
        Files.writeString(file,
                new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(runs) + "\n");
    }
}
