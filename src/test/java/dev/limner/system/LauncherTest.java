package dev.limner.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The launcher as it is, over a Maven and a JDK that only write down when they were called. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class LauncherTest {
    @TempDir
    Path folder;

    private Path home;
    private final List<Process> started = new ArrayList<>();

    @BeforeEach
    void prepare() throws IOException {
        home = Files.createDirectory(folder.resolve("limner"));
        copyTo(home);
        script(folder.resolve("bin/mvn"), """
                echo "mvn starts: $*" >>"$CALLS"
                mkdir "$CALLS.busy" || echo "TWO AT ONCE" >>"$CALLS"
                while [ -e "$CALLS.hold" ]; do sleep 0.05; done
                rmdir "$CALLS.busy"
                [ ! -e "$CALLS.fail" ] || { echo "[WARNING] /A.java:[1,2] old"; echo "[ERROR] no such luck"; exit 1; }
                mkdir -p cli/target && head -c 300000 /dev/zero >cli/target/limner-cli.jar || exit 1
                [ ! -e testkit/pom.xml ] || { mkdir -p testkit/target && touch testkit/target/limner-testkit.jar; }
                echo "mvn ends" >>"$CALLS"
                """);
        script(folder.resolve("jdk/bin/javac"), "echo 'javac 25.0.1'\n");
        script(folder.resolve("jdk/bin/java"), """
                echo "java runs: ${*: -1}" >>"$CALLS"
                while [ "${*: -1}" = up ]; do sleep 0.05; done
                """);
    }

    @AfterEach
    void stop() {
        started.forEach(process -> process.descendants().forEach(ProcessHandle::destroyForcibly));
        started.forEach(process -> process.destroyForcibly().onExit().join());
    }

    @Test
    void shouldBuildOnceForTwoFirstCalls() throws Exception {
        hold();
        Process first = limner("submit");
        await("mvn starts");
        Process second = limner("watch");
        awaitError(
                2,
                "limner: limner submit (process " + first.pid() + ") is building here; waiting until it has finished");
        release();

        assertThat(exitCode(first)).isZero();
        assertThat(exitCode(second)).isZero();
        assertThat(calls()).startsWith("mvn starts: -B -ntp").contains("java runs: submit", "java runs: watch");
        assertThat(calls().lines().filter(line -> line.startsWith("mvn starts")))
                .hasSize(1);
        assertThat(calls()).doesNotContain("TWO AT ONCE");
        assertThat(home.resolve(".limner/building")).doesNotExist();
    }

    @Test
    void shouldNotBuildBeneathACommandThatRuns() throws Exception {
        Process up = limner("up");
        await("java runs: up");
        Process test = limner("test");
        awaitError(
                2,
                "limner: a build is needed, and limner up (process " + up.pid()
                        + ") runs from what is built here; waiting until it has ended");
        assertThat(calls()).doesNotContain("verify");

        // As dead as can be: the lock must not outlive it.
        up.destroyForcibly().waitFor();

        assertThat(exitCode(test)).isZero();
        assertThat(calls()).contains("verify").doesNotContain("TWO AT ONCE");
    }

    @Test
    void shouldNotStartACommandWhileTheTestsBuild() throws Exception {
        assertThat(exitCode(limner("submit"))).isZero();
        hold();
        Process test = limner("test");
        await("verify");
        Process demo = limner("demo");
        awaitError(3, "limner: limner test (process " + test.pid() + ") is building here");
        assertThat(calls()).doesNotContain("java runs: demo");
        release();

        assertThat(exitCode(test)).isZero();
        assertThat(exitCode(demo)).isZero();
        // What the tests have built is not built again.
        assertThat(calls().lines().filter(line -> line.startsWith("mvn starts")))
                .hasSize(2);
    }

    @Test
    void shouldTryAgainAfterABuildThatFailed() throws Exception {
        Files.createFile(folder.resolve("calls.fail"));
        assertThat(exitCode(limner("submit"))).isEqualTo(1);
        assertThat(error(1))
                .contains("[WARNING] /A.java:[1,2] old", "[ERROR] no such luck", "limner: the build failed, see ");
        Files.delete(folder.resolve("calls.fail"));

        assertThat(exitCode(limner("submit"))).isZero();
        assertThat(calls()).contains("java runs: submit");
    }

    @Test
    void shouldBuildAPartThatIsMissing() throws Exception {
        Files.writeString(Files.createDirectory(home.resolve("testkit")).resolve("pom.xml"), "<project/>");
        assertThat(exitCode(limner("submit"))).isZero();
        assertThat(exitCode(limner("submit"))).isZero();
        assertThat(calls().lines().filter(line -> line.startsWith("mvn starts")))
                .hasSize(1);

        Files.delete(home.resolve("testkit/target/limner-testkit.jar"));

        assertThat(exitCode(limner("bench"))).isZero();
        assertThat(home.resolve("testkit/target/limner-testkit.jar")).exists();
        assertThat(calls().lines().filter(line -> line.startsWith("mvn starts")))
                .hasSize(2);
    }

    @Test
    void shouldSayThatTheDiskIsFullWhenABuildFails() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("small"), "256k")) {
            home = disk.folder();
            copyTo(home);
            assertThat(exitCode(limner("submit"))).isEqualTo(1);
            assertThat(error(1).lines().toList())
                    .last()
                    .asString()
                    .isEqualTo("limner: no space left in " + home
                            + " (0 MiB free): free some, then run the same command again");
        }
    }

    @Test
    void shouldRunFromABuildThatMayNotBeWritten() throws Exception {
        assertThat(exitCode(limner("submit"))).isZero();
        try (SmallDisk disk = SmallDisk.mountReadOnly(folder.resolve("sealed"), home)) {
            home = disk.folder();
            assertThat(exitCode(limner("watch"))).isZero();
            assertThat(calls()).contains("java runs: watch");
            assertThat(exitCode(limner("test"))).isEqualTo(1);
            assertThat(error(3)).contains("limner: " + home + "/.limner cannot be written: nothing can be built here");
        }
    }

    private static void copyTo(Path home) throws IOException {
        Files.createDirectories(home.resolve("src"));
        for (String file : List.of("limner", "src/build-lock", "src/run-tests")) {
            Files.copy(Home.ROOT.resolve(file), home.resolve(file), java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
        }
        Files.createDirectories(home.resolve("cli/src/main"));
        Files.writeString(home.resolve("pom.xml"), "<project/>");
        Files.writeString(home.resolve("cli/pom.xml"), "<project/>");
    }

    private static void script(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/usr/bin/env bash\n" + text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Process limner(String command) throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/flock")), "SKIPPED: no flock");
        ProcessBuilder builder = new ProcessBuilder(home.resolve("limner").toString(), command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(folder.resolve("error-" + (started.size() + 1)).toFile());
        builder.environment().put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
        builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
        builder.environment().put("CALLS", folder.resolve("calls").toString());
        Process process = builder.start();
        started.add(process);
        return process;
    }

    private static int exitCode(Process process) throws InterruptedException {
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private void hold() throws IOException {
        Files.createFile(folder.resolve("calls.hold"));
    }

    private void release() throws IOException {
        Files.delete(folder.resolve("calls.hold"));
    }

    private String calls() throws IOException {
        Path file = folder.resolve("calls");
        return Files.exists(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
    }

    private String error(int number) throws IOException {
        return Files.readString(folder.resolve("error-" + number), StandardCharsets.UTF_8);
    }

    private void await(String text) throws IOException, InterruptedException {
        while (!calls().contains(text)) {
            Thread.sleep(20);
        }
    }

    private void awaitError(int number, String text) throws IOException, InterruptedException {
        while (!error(number).contains(text)) {
            Thread.sleep(20);
        }
    }
}
