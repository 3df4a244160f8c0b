package dev.limner.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The launcher and what it starts, under an environment that names no encoding and a path that needs one. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class LocaleTest {
    private static final String NAME = "K\u00e4se \u7ea2 \uD83D\uDE00";

    @TempDir
    Path folder;

    private Path home;

    @BeforeEach
    void install() throws IOException {
        // The test's own JVM may have no encoding either: the shell makes what its names cannot say.
        home = folder.resolve("home");
        Files.createDirectories(home.resolve("src"));
        Files.createDirectories(home.resolve("cli/src/main"));
        Files.createDirectories(home.resolve(".limner"));
        for (String file : List.of("limner", "src/build-lock")) {
            Files.copy(Home.ROOT.resolve(file), home.resolve(file), StandardCopyOption.COPY_ATTRIBUTES);
        }
        Files.writeString(home.resolve("pom.xml"), "<project/>");
        Files.writeString(home.resolve("cli/pom.xml"), "<project/>");
        for (String built : List.of("cli/target", "worker", "models", "data")) {
            Files.createSymbolicLink(home.resolve(built), Home.ROOT.resolve(built));
        }
        Path stamp = Files.createFile(home.resolve(".limner/built"));
        Files.setLastModifiedTime(stamp, FileTime.from(Instant.now().plusSeconds(3600)));
    }

    @Test
    void shouldHearWhatItIsToldWhateverTheEnvironment() throws Exception {
        for (Map<String, String> environment : List.of(
                Map.<String, String>of(),
                Map.of("LC_ALL", "C"),
                Map.of("LANG", "POSIX"),
                Map.of("LANG", "xx_YY.UTF-8"))) {
            Run run = run(environment, home + "/limner submit --group '" + NAME + "' x");
            assertThat(run.exitCode()).as(run.output()).isEqualTo(2);
            assertThat(run.output()).as("%s", environment).contains("is '" + NAME);
        }
    }

    @Test
    void shouldRunFromAFolderWithSpacesAndUmlauts() throws Exception {
        String place = folder + "/Gr\u00f6\u00dfe und Ma\u00df";
        Run run = run(
                Map.of("LC_ALL", "C"),
                "mv '" + home + "' '" + place + "' && printf 'K\u00e4se\\n' >'" + folder + "/K\u00e4se.txt' && '"
                        + place
                        + "/limner' demo --jobs 2 --captions '" + folder + "/K\u00e4se.txt' --out '" + folder
                        + "/Bilder \u7ea2' --json && grep -c 'K\u00e4se' '" + folder + "/Bilder \u7ea2/index.html'");

        assertThat(run.exitCode()).as(run.output()).isZero();
        assertThat(run.output()).contains("\"completed\":2");
    }

    private record Run(int exitCode, String output) {}

    /** A shell's command, written in UTF-8 and run in an environment that holds only what is given. */
    private Run run(Map<String, String> environment, String command) throws IOException, InterruptedException {
        Path script = Files.writeString(folder.resolve("command.sh"), command + "\n", StandardCharsets.UTF_8);
        List<String> line = new ArrayList<>(List.of("env", "-i", "PATH=" + System.getenv("PATH")));
        line.add("JAVA_HOME=" + System.getProperty("java.home"));
        environment.forEach((name, value) -> line.add(name + "=" + value));
        line.addAll(List.of("bash", script.toString()));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(200, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), output);
    }
}
