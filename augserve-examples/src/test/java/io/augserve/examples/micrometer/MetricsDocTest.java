package io.augserve.examples.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The tables of docs/metrics.md say what is on the page, and nothing else is. */
class MetricsDocTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z0-9_:]+)` \\| (gauge|counter|histogram) \\|");

    @Test
    void theDocumentNamesEveryMetricAndItsType() throws IOException {
        Path doc = Path.of(System.getProperty("augserve.models")).resolveSibling("docs").resolve("metrics.md");
        Map<String, String> documented = new TreeMap<>();
        Matcher row = ROW.matcher(Files.readString(doc));
        while (row.find()) {
            documented.put(row.group(1), row.group(2));
        }
        Map<String, String> published = new TreeMap<>();
        try (InputStream page = MetricsDocTest.class.getResourceAsStream("scripted-run.prom")) {
            published.putAll(Exposition.of(new String(page.readAllBytes(), StandardCharsets.UTF_8)).types());
        }
        published.keySet().removeIf(name -> name.endsWith("_max"));
        assertThat(documented).isEqualTo(published);
    }
}
