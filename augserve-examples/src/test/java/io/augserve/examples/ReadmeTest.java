package io.augserve.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.PrintStream;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program in the README compiles, runs on the small model and is short enough to paste. */
class ReadmeTest {
    @TempDir
    Path folder;

    @Test
    void theProgramRuns() throws Exception {
        Path readme = Path.of(System.getProperty("augserve.models")).resolveSibling("README.md");
        Matcher block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(readme));
        assertThat(block.find()).isTrue();
        String program = block.group(1);
        assertThat(program.lines().count()).isLessThan(40);
        Path source = Files.writeString(folder.resolve("Host.java"), program);

        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter problems = new StringWriter();
        boolean compiled = compiler.getTask(problems, null, null,
                List.of("-d", folder.toString(), "-cp", System.getProperty("java.class.path"), "-Xlint:all"), null,
                compiler.getStandardFileManager(null, null, null).getJavaFileObjects(source)).call();
        assertThat(compiled).as(problems.toString()).isTrue();

        PrintStream stdout = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        try (URLClassLoader loader = new URLClassLoader(new URL[]{folder.toUri().toURL()},
                getClass().getClassLoader())) {
            System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
            loader.loadClass("Host").getMethod("main", String[].class).invoke(null,
                    (Object) new String[]{EmbeddedModel.directory() + File.separator});
        } finally {
            System.setOut(stdout);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8).lines()).satisfiesExactly(
                line -> assertThat(line).startsWith("The weather in Oslo is 3 degrees and snow. (1 call, first token"),
                line -> assertThat(line).startsWith("The weather in Lima is 21 degrees and sun. (1 call, first token"));
    }
}
