package io.augserve.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What docs/serve.md refers to is there. */
class ServePageTest {
    private static final Path DOCS = Path.of(System.getProperty("augserve.models")).resolveSibling("docs");
    @Test
    void whatItRefersToIsThere() throws IOException {
        assertThat(Pattern.compile("\\]\\(([^)#]+)\\)").matcher(Files.readString(DOCS.resolve("serve.md"))).results()
                .map((MatchResult link) -> DOCS.resolve(link.group(1)))).isNotEmpty().allMatch(Files::exists);
        assertThat(DOCS.resolve("serve.png").toFile().length()).isLessThan(300_000);
    }
}
