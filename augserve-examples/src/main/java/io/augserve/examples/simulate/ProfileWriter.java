package io.augserve.examples.simulate;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import io.augserve.predict.IterationTime;
import io.augserve.simulation.HardwareProfile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes a hardware profile as {@code --profile FILE} reads it: what is read is what was written. */
public final class ProfileWriter {
    private ProfileWriter() {}

    /** Writes one JSON object, over what the file held. */
    public static void write(Path file, HardwareProfile profile) throws IOException {
        IterationTime time = profile.iterationTime();
        JsonObject json = new JsonObject();
        json.addProperty("name", profile.name());
        json.addProperty("a", time.a());
        json.addProperty("b", time.b());
        json.addProperty("c", time.c());
        json.addProperty("d", time.d());
        json.addProperty("e", time.e());
        json.addProperty("m0", time.m0());
        json.addProperty("overhead_ms", time.overheadMillis());
        json.addProperty("kv_tokens", profile.kvTokens());
        json.addProperty("kv_bytes_per_token", profile.kvBytesPerToken());
        json.addProperty("host_bytes", profile.hostBytes());
        json.addProperty("pcie_gbps", profile.pcieBytesPerSecond() / 1e9);
        json.addProperty("block_size", profile.blockSize());
        json.addProperty("max_batch_tokens", profile.maxBatchTokens());
        json.addProperty("max_sequences", profile.maxSequences());
        json.addProperty("from", profile.source());
        Files.writeString(file,
                new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(json) + "\n");
    }
}
