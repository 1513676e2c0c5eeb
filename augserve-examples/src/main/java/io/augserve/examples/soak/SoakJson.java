package io.augserve.examples.soak;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The figures for machines.
 *
 * <pre>{@code
 * {"model": ..., "minutes": ..., "seed": ..., "concurrency": ..., "counts": {what: how often}, "violations": in all,
 *  "problems": [texts, the first violations and what is not flat], "heap_growth_mb": ..., "rss_growth_mb": ...,
 *  "samples": [{"s": ..., "policy": ..., "requests": ..., "leaked_blocks": ..., "heap_mb": ..., "heap_committed_mb": ..., "metaspace_mb": ...,
 *    "direct_mb": ..., "rss_mb": ..., "native_mb": ..., "threads": ..., "open_files": ...}]}
 * }</pre>
 *
 * Growths are those of {@link Flatness}, left out if there are too few rounds; what the system does not tell is left out too.
 */
final class SoakJson {
    private static final double BYTES_PER_MEGABYTE = 1 << 20;

    private SoakJson() {}

    /** What was asked for. */
    record Setup(String model, double minutes, long seed, int concurrency) {}

    static void write(Path file, Setup setup, Tally tally, List<SoakSample> samples, List<String> problems)
            throws IOException {
        JsonObject root = new JsonObject();
        root.addProperty("model", setup.model());
        root.addProperty("minutes", setup.minutes());
        root.addProperty("seed", setup.seed());
        root.addProperty("concurrency", setup.concurrency());
        JsonObject counts = new JsonObject();
        tally.counts().forEach(counts::addProperty);
        root.add("counts", counts);
        root.addProperty("violations", tally.violationCount());
        JsonArray texts = new JsonArray();
        problems.forEach(texts::add);
        root.add("problems", texts);
        Flatness.heapGrowth(samples).ifPresent(growth -> root.addProperty("heap_growth_mb", rounded(growth)));
        Flatness.residentGrowth(samples).ifPresent(growth -> root.addProperty("rss_growth_mb", rounded(growth)));
        JsonArray array = new JsonArray();
        samples.forEach(sample -> array.add(object(sample)));
        root.add("samples", array);
        Files.writeString(file, new GsonBuilder().setPrettyPrinting().create().toJson(root) + "\n");
    }

    private static JsonObject object(SoakSample sample) {
        Footprint footprint = sample.footprint();
        JsonObject json = new JsonObject();
        json.addProperty("s", rounded(sample.seconds()));
        json.addProperty("policy", sample.policy());
        json.addProperty("requests", sample.requests());
        json.addProperty("leaked_blocks", sample.leakedBlocks());
        json.addProperty("heap_mb", rounded(footprint.heapMegabytes()));
        json.addProperty("heap_committed_mb", rounded(footprint.heapCommittedBytes() / BYTES_PER_MEGABYTE));
        json.addProperty("metaspace_mb", rounded(footprint.metaspaceBytes() / BYTES_PER_MEGABYTE));
        json.addProperty("direct_mb", rounded(footprint.directBytes() / BYTES_PER_MEGABYTE));
        footprint.residentMegabytes().ifPresent(rss -> json.addProperty("rss_mb", rss));
        footprint.nativeMegabytes().ifPresent(rest -> json.addProperty("native_mb", rest));
        json.addProperty("threads", footprint.threads());
        footprint.openFiles().ifPresent(files -> json.addProperty("open_files", files));
        return json;
    }

    private static double rounded(double value) {
        return Math.round(value * 100) / 100.0;
    }
}
