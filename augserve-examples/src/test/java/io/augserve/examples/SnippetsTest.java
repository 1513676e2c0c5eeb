package io.augserve.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every {@code java} block of the README and of the pages in {@code docs} compiles. A block without a public class is the inside of a method
 * with an engine, a server and a few more at hand; its imports, and those that its page leaves out for brevity, are put above it.
 */
class SnippetsTest {
    private static final Path ROOT = Path.of(System.getProperty("augserve.models")).resolveSibling("");
    private static final Pattern BLOCK = Pattern.compile("^```java\n(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern PROGRAM = Pattern.compile("^public .*class (\\w+)", Pattern.MULTILINE);
    private static final List<String> IMPORTED = List.of("io.augserve.*", "io.augserve.engine.*",
            "io.augserve.observe.*", "io.augserve.onnx.*",
            "io.augserve.predict.*", "io.augserve.profile.*", "io.augserve.request.*", "io.augserve.schedule.*",
            "io.augserve.tool.*", "io.augserve.examples.langchain4j.*",
            "io.augserve.examples.micrometer.*", "io.micrometer.prometheusmetrics.*", "java.net.*", "java.nio.file.*",
            "java.time.*",
            "java.util.*", "java.util.concurrent.*");

    /** What a page may talk of without declaring it. */
    private static final String FIELDS = """
            static OnnxEngine engine;
            static AugServe server;
            static List<ChatMessage> messages;
            static ToolSpec weather;
            static ToolSpec calculator;
            static org.slf4j.Logger log;
            """;

    @TempDir
    Path folder;

    record Snippet(String page, long line, String text) {
        @Override
        public String toString() {
            return page + ":" + line;
        }

        /** The class that it is or is put into. */
        String name() {
            Matcher program = PROGRAM.matcher(text);
            return program.find() ? program.group(1) : "Snippet";
        }

        String source() {
            if (PROGRAM.matcher(text).find()) {
                return text;
            }
            String own = text.lines().filter(Snippet::isImport).collect(Collectors.joining("\n"));
            String body = text.lines().filter(line -> !isImport(line)).collect(Collectors.joining("\n"));
            String common = IMPORTED.stream().map(name -> "import " + name + ";\n").collect(Collectors.joining());
            return common + own + "\nclass Snippet {\n" + FIELDS + "static void run() throws Exception {\n" + body
                    + "\n}\n}\n";
        }

        private static boolean isImport(String line) {
            return line.startsWith("import ");
        }
    }

    static List<Snippet> snippets() throws IOException {
        List<Path> pages;
        try (Stream<Path> docs = Files.list(ROOT.resolve("docs"))) {
            pages = Stream.concat(Stream.of(ROOT.resolve("README.md")),
                    docs.filter(file -> file.toString().endsWith(".md")).sorted()).toList();
        }
        List<Snippet> snippets = new ArrayList<>();
        for (Path page : pages) {
            String text = Files.readString(page);
            Matcher block = BLOCK.matcher(text);
            while (block.find()) {
                snippets.add(new Snippet(ROOT.relativize(page).toString(),
                        1 + text.substring(0, block.start()).lines().count(), block.group(1)));
            }
        }
        return snippets;
    }

    @ParameterizedTest
    @MethodSource("snippets")
    void itCompiles(Snippet snippet) throws IOException {
        Path source = Files.writeString(folder.resolve(snippet.name() + ".java"), snippet.source());
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter problems = new StringWriter();
        boolean compiled = compiler.getTask(problems, null, null,
                List.of("-d", folder.toString(), "-cp", System.getProperty("java.class.path"), "-proc:none"), null,
                compiler.getStandardFileManager(null, null, null).getJavaFileObjects(source)).call();
        assertThat(compiled).as(problems.toString()).isTrue();
    }
}
