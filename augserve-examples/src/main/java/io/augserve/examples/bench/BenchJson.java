package io.augserve.examples.bench;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The figures for machines: an array with one object a format and batch, rates in tokens per second.
 *
 * <pre>{@code
 * {"model": ..., "dtype": "auto", "kv_dtype": "fp32", "threads": ..., "batch": ..., "prompt": ..., "new": ...,
 *  "prefill_tok_s": ..., "decode_tok_s": ..., "step_ms": {"assemble": ..., "run": ..., "sample": ..., "apply": ...},
 *  "floor": {"bandwidth_tok_s": ..., "bare_loop_tok_s": ...}, "allocated_bytes_per_token": ...,
 *  "load_s": ..., and where the system tells:
 *  "rss_mb": ..., "memory_mb": {"weights": ..., "kv": ..., "heap": ..., "rest": ...}, "load_peak_mb": ...}
 * }</pre>
 */
final class BenchJson {
    private BenchJson() {}

    static void write(Path file, List<BenchLoad> loads) throws IOException {
        JsonArray array = new JsonArray();
        for (BenchLoad load : loads) {
            load.results().forEach(result -> array.add(object(load.setup(), result)));
        }
        Files.writeString(file, new GsonBuilder().setPrettyPrinting().create().toJson(array) + "\n");
    }

    private static JsonObject object(BenchLoad.Setup setup, BenchResult result) {
        JsonObject json = new JsonObject();
        json.addProperty("model", setup.model());
        json.addProperty("dtype", setup.dtype());
        json.addProperty("kv_dtype", setup.kvDtype());
        json.addProperty("threads", setup.threads());
        json.addProperty("batch", result.given().batch());
        json.addProperty("prompt", result.given().prompt());
        json.addProperty("new", result.given().output());
        json.addProperty("prefill_tok_s", result.prefillRate());
        json.addProperty("decode_tok_s", result.decodeRate());
        JsonObject step = new JsonObject();
        step.addProperty("assemble", result.split().assemble());
        step.addProperty("run", result.split().run());
        step.addProperty("sample", result.split().sample());
        step.addProperty("apply", result.split().apply());
        json.add("step_ms", step);
        JsonObject floor = new JsonObject();
        floor.addProperty("bandwidth_tok_s", result.bandwidthRate());
        floor.addProperty("bare_loop_tok_s", result.bareRate());
        json.add("floor", floor);
        json.addProperty("allocated_bytes_per_token", result.allocatedPerToken());
        json.addProperty("load_s", setup.loadSeconds());
        result.memory().ifPresent(use -> {
            json.addProperty("rss_mb", use.resident());
            JsonObject memory = new JsonObject();
            memory.addProperty("weights", use.weights());
            memory.addProperty("kv", use.kv());
            memory.addProperty("heap", use.heap());
            memory.addProperty("rest", use.rest());
            json.add("memory_mb", memory);
        });
        setup.loadPeakMegabytes().ifPresent(peak -> json.addProperty("load_peak_mb", peak));
        return json;
    }
}
