package io.augserve.examples.gpucheck;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.augserve.examples.bench.DeviceBench;
import io.augserve.onnx.DeviceCeilings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The whole report for machines: {@code report.json}; written anew after every part, so that what was measured stays if a later part breaks. */
final class CheckJson {
    private CheckJson() {}

    static void write(Path file, String device, List<CheckResult> checks, List<DeviceCeilings> ceilings,
            List<DeviceBench.Result> results) throws IOException {
        JsonObject json = new JsonObject();
        json.addProperty("device", device);
        json.add("checks", checks(checks));
        ceilings.forEach(best -> {
            json.addProperty("memory_bytes_s", best.bytesPerSecond());
            json.addProperty("matrix_operations_s", best.operationsPerSecond());
        });
        JsonArray models = new JsonArray();
        results.forEach(result -> models.add(model(result)));
        json.add("models", models);
        Files.writeString(file, new GsonBuilder().setPrettyPrinting().create().toJson(json) + "\n");
    }

    private static JsonArray checks(List<CheckResult> checks) {
        JsonArray array = new JsonArray();
        for (CheckResult check : checks) {
            JsonObject json = new JsonObject();
            json.addProperty("name", check.name());
            json.addProperty("compute", check.compute());
            json.addProperty("passed", check.passed());
            json.addProperty("positions", check.positions());
            if (Double.isFinite(check.worst())) {
                json.addProperty("worst", check.worst());
            }
            json.addProperty("tolerance", check.tolerance());
            json.addProperty("remark", check.remark());
            array.add(json);
        }
        return array;
    }

    private static JsonObject model(DeviceBench.Result result) {
        JsonObject json = new JsonObject();
        json.addProperty("model", result.model());
        json.addProperty("load_s", result.loadSeconds());
        json.addProperty("weight_bytes", result.weightBytes());
        json.addProperty("kv_bytes_per_token", result.kvBytesPerToken());
        json.addProperty("kv_tokens", (long) result.profile().kvBlocks() * result.profile().blockSize());
        json.addProperty("block_size", result.profile().blockSize());
        double swap = result.profile().swapSecondsPerToken();
        json.addProperty("swap_bytes_s", swap > 0 ? result.kvBytesPerToken() / swap : 0);
        json.addProperty("fit_mean_error", result.profile().error());
        JsonArray rows = new JsonArray();
        for (DeviceBench.Row row : result.rows()) {
            JsonObject one = new JsonObject();
            one.addProperty("batch", row.batch());
            one.addProperty("prefill_tok_s", row.prefillRate());
            one.addProperty("prefill_share_of_matrix_rate", row.prefillShare());
            one.addProperty("decode_tok_s", row.decodeRate());
            one.addProperty("decode_share_of_memory_rate", row.decodeShare());
            one.addProperty("bare_loop_tok_s", row.bareRate());
            one.addProperty("assemble_ms", row.assemble());
            one.addProperty("run_ms", row.run());
            one.addProperty("sample_ms", row.sample());
            one.addProperty("apply_ms", row.apply());
            one.addProperty("outside_provider", row.outside());
            rows.add(one);
        }
        json.add("batches", rows);
        return json;
    }
}
