package io.augserve.onnx.linear;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;

/**
 * A file in which converted weights may lie.
 *
 * @param file where
 * @param shared whether other users may write into its folder, as into a temporary one
 */
record CachePlace(Path file, boolean shared) {
    /**
     * Whether what is there may be used: in a folder of all users, anybody could leave weights of his own under that name, so it must be no link, and be
     * owned by who owns what this process creates there.
     *
     * @throws IOException if that cannot be found out
     */
    boolean isTrusted() throws IOException {
        if (!shared) {
            return true;
        }
        Path own = Files.createTempFile(file.toAbsolutePath().getParent(), "augserve-", ".owner");
        try {
            return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) && owner(file).equals(owner(own));
        } finally {
            Files.deleteIfExists(own);
        }
    }

    private static UserPrincipal owner(Path file) throws IOException {
        return Files.getOwner(file, LinkOption.NOFOLLOW_LINKS);
    }
}
