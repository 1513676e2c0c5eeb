package io.augserve.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs in docs/serve.md compile, and what the page refers to is there. */
class ServePageTest {
    private static final Path DOCS = Path.of(System.getProperty("augserve.models")).resolveSibling("docs");
    @TempDir
    Path folder;

    @Test
    void theProgramsCompile() throws IOException {
        List<String> programs = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL)
                .matcher(Files.readString(DOCS.resolve("serve.md"))).results().map(block -> block.group(1)).toList();
        assertThat(programs).hasSize(2);
        for (String program : programs) {
            Path source = Files.writeString(folder.resolve("Program.java"), """
                    import com.openai.client.*;
                    import com.openai.client.okhttp.*;
                    import io.augserve.*;
                    import io.augserve.engine.*;
                    import io.augserve.examples.openai.*;
                    class Program {
                        void run(Engine engine) throws Exception {
                    %s
                        }
                    }
                    """.formatted(program.replace("...", "http.port();")));
            StringWriter problems = new StringWriter();
            JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
            boolean compiled = compiler.getTask(problems, null, null,
                    List.of("-d", folder.toString(), "-cp", System.getProperty("java.class.path")), null,
                    compiler.getStandardFileManager(null, null, null).getJavaFileObjects(source)).call();
            assertThat(compiled).as(problems.toString()).isTrue();
        }
    }

    @Test
    void whatItRefersToIsThere() throws IOException {
        assertThat(Pattern.compile("\\]\\(([^)#]+)\\)").matcher(Files.readString(DOCS.resolve("serve.md"))).results()
                .map((MatchResult link) -> DOCS.resolve(link.group(1)))).isNotEmpty().allMatch(Files::exists);
        assertThat(DOCS.resolve("serve.png").toFile().length()).isLessThan(300_000);
    }
}
