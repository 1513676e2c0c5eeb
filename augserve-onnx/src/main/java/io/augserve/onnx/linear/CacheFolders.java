package io.augserve.onnx.linear;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** Where converted weights may lie: in the folder that the user names, else beside the checkpoint, else in the system's temporary folder. */
final class CacheFolders {
    private CacheFolders() {}

    /** The places to look at, in order; outside the checkpoint's folder their names tell checkpoints of different places apart. */
    static List<CachePlace> of(Path checkpoint, WeightLayout layout, Optional<Path> folder) {
        String format = layout.format().name().toLowerCase(Locale.ROOT)
                + (layout.format().quantised() ? "-g" + layout.group() : "");
        Path absolute = checkpoint.toAbsolutePath().normalize();
        UUID place = UUID.nameUUIDFromBytes(absolute.toString().getBytes(StandardCharsets.UTF_8));
        String elsewhere = "augserve-" + place + "-" + format + ".weights";
        if (folder.isPresent()) {
            return List.of(new CachePlace(folder.get().resolve(elsewhere), false));
        }
        return List.of(new CachePlace(absolute.resolveSibling("augserve-" + format + ".weights"), false),
                new CachePlace(Path.of(System.getProperty("java.io.tmpdir")).resolve(elsewhere), true));
    }
}
