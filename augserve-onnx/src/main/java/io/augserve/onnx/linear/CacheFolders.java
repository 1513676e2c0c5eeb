package io.augserve.onnx.linear;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** Where converted weights may lie: in the folder that the user names, else beside the checkpoint, else in the system's temporary folder. */
final class CacheFolders {
    private CacheFolders() {}

    /** The files to look for, in order; outside the checkpoint's folder their names tell checkpoints of different places apart. */
    static List<Path> of(Path checkpoint, WeightLayout layout, Optional<Path> folder) {
        String format = layout.format().name().toLowerCase(Locale.ROOT)
                + (layout.format().quantised() ? "-g" + layout.group() : "");
        Path absolute = checkpoint.toAbsolutePath().normalize();
        UUID place = UUID.nameUUIDFromBytes(absolute.toString().getBytes(StandardCharsets.UTF_8));
        String elsewhere = "augserve-" + place + "-" + format + ".weights";
        List<Path> files = new ArrayList<>();
        if (folder.isPresent()) {
            files.add(folder.get().resolve(elsewhere));
        } else {
            files.add(absolute.resolveSibling("augserve-" + format + ".weights"));
            files.add(Path.of(System.getProperty("java.io.tmpdir")).resolve(elsewhere));
        }
        return files;
    }
}
