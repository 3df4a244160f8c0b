package dev.limner.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.broker.FreePorts;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Fleets of {@code limner up} that get in each other's way, are killed, or have no room. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class LocalFleetTest {
    private static final Pattern READY = Pattern.compile("worker-1 \\(pid (\\d+)\\) ready");

    @TempDir
    Path folder;

    private Fleet running;

    /** An {@code up} that is ready. */
    private record Fleet(Process process, BufferedReader output, String bootstrap, long worker) {
        static Fleet start(Cli cli, int httpPort) throws Exception {
            Process up = cli.start("up", "--port", "0", "--http-port", String.valueOf(httpPort));
            BufferedReader output =
                    new BufferedReader(new InputStreamReader(up.getInputStream(), StandardCharsets.UTF_8));
            String bootstrap = Cli.await(output, Pattern.compile("broker on (\\S+),"));
            return new Fleet(up, output, bootstrap, Long.parseLong(Cli.await(output, READY)));
        }

        ProcessHandle workerProcess() {
            return ProcessHandle.of(worker).orElseThrow();
        }

        boolean workerGone() {
            return ProcessHandle.of(worker).filter(ProcessHandle::isAlive).isEmpty();
        }

        void stop() throws InterruptedException {
            process.destroy();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (running != null) {
            running.stop();
        }
    }

    @Test
    void shouldTellASecondStartWhoHasTheFolder() throws Exception {
        Cli cli = new Cli(folder);
        running = Fleet.start(cli, 0);
        Path state = folder.resolve("state");
        String holder = "`limner up` (process " + running.process().pid();

        Cli.Run up = cli.run("up", "--port", "0", "--http-port", "0");
        assertThat(up.exitCode()).isEqualTo(1);
        assertThat(up.error().strip().lines().toList())
                .singleElement()
                .asString()
                .startsWith("limner: " + state + " is in use by " + holder + ", since ")
                .endsWith("); stop it or set LIMNER_STATE to another folder");
        assertThat(cli.run("demo", "--out", state.toString()).error()).contains(holder, "give another --out");
        assertThat(cli.run(
                                "broker",
                                "--port",
                                "0",
                                "--data",
                                state.resolve("broker").toString())
                        .error())
                .contains(holder, "give another --data");

        // The first one has not noticed.
        assertThat(cli.run("submit", "-b", running.bootstrap(), "--watch", "red apple")
                        .exitCode())
                .isZero();
    }

    @Test
    void shouldNotLeaveAWorkerBehindForTheNextFleetToTakeForItsOwn() throws Exception {
        Cli cli = new Cli(folder);
        int httpPort = FreePorts.next();
        Fleet killed = Fleet.start(cli, httpPort);
        ProcessHandle orphan = killed.workerProcess();
        killed.process().destroyForcibly().waitFor();

        running = Fleet.start(cli, httpPort);

        assertThat(orphan.isAlive()).isFalse();
        assertThat(running.worker()).isNotEqualTo(killed.worker());
        assertThat(cli.run("submit", "-b", running.bootstrap(), "--watch", "red apple")
                        .exitCode())
                .isZero();
    }

    @Test
    void shouldSayThatAPortIsTakenBeforeAnythingIsStarted() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            Cli.Run up = new Cli(folder).run("up", "--port", "0", "--http-port", String.valueOf(port));

            assertThat(up.exitCode()).isEqualTo(1);
            assertThat(up.output()).isEmpty();
            assertThat(up.error())
                    .startsWith("limner: port " + port + " for worker-1 is in use by process "
                            + ProcessHandle.current().pid())
                    .contains("give another --http-port");
            assertThat(folder.resolve("state/broker")).doesNotExist();
        }
    }

    @Test
    void shouldNameTheWorkerThatEndedAndItsLog() throws Exception {
        Fleet fleet = Fleet.start(new Cli(folder), 0);
        assertThat(fleet.workerProcess().destroyForcibly()).isTrue();

        List<String> lines = fleet.output().lines().toList();
        assertThat(fleet.process().waitFor()).isEqualTo(1);
        assertThat(lines)
                .last()
                .asString()
                .startsWith("limner: worker-1 ended with exit code 137: ")
                .endsWith("see " + folder.resolve("state/logs/worker-1.log"));
    }

    @Test
    void shouldSayThatTheDiskIsFullAndAnswerEverythingOnceThereIsRoom() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), "120m")) {
            Cli cli = new Cli(disk.folder());
            Fleet fleet = Fleet.start(cli, 0);
            submit(cli, fleet, "before");
            Path filler = disk.fill();
            // What is sent now is not taken: the broker gives up at the first record that does not fit.
            Process sender =
                    cli.start("submit", "-b", fleet.bootstrap(), "--count", "64", "--group", "lost", "red apple");

            List<String> lines = fleet.output().lines().toList();
            sender.destroyForcibly().waitFor();
            assertThat(fleet.process().waitFor()).isEqualTo(1);
            Path broker = disk.folder().resolve("state/broker");
            assertThat(lines)
                    .last()
                    .asString()
                    .startsWith("limner: no space left in " + broker
                            + " (0 of 120 MiB free): free some or set LIMNER_STATE")
                    .endsWith("start again; nothing is lost");
            assertThat(lines).noneMatch(line -> line.contains("Exception") || line.startsWith("\tat "));
            assertThat(fleet.workerGone()).isTrue();

            // Still full: the next start says so, too.
            Cli.Run full = new Cli(folder, disk.folder().resolve("state")).run("up", "--port", "0", "--http-port", "0");
            assertThat(full.exitCode()).isEqualTo(1);
            assertThat(full.error().strip().lines().toList()).last().asString().contains("no space left");

            Files.delete(filler);
            running = Fleet.start(cli, 0);
            submit(cli, running, "after");
            for (String group : List.of("before", "after")) {
                Cli.Run watch = cli.run("watch", "-b", running.bootstrap(), "--group", group, "--timeout", "60");
                assertThat(watch.exitCode()).as(watch.output()).isZero();
            }
            running.stop();
            running = null;
        }
    }

    @Test
    void shouldSayWhyAStateFolderCannotBeUsed() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        Cli.Run up = new Cli(folder, file).run("up", "--port", "0", "--http-port", "0");
        assertThat(up.exitCode()).isEqualTo(1);
        assertThat(up.error())
                .isEqualTo("limner: the folder " + file
                        + " cannot be used: there is a file of that name, or of a folder above it\n");
        Path ordinary = Files.createDirectory(folder.resolve("ordinary"));
        try (SmallDisk sealed = SmallDisk.mountReadOnly(folder.resolve("sealed"), ordinary)) {
            assertThat(new Cli(folder, sealed.folder())
                            .run("up", "--port", "0", "--http-port", "0")
                            .error())
                    .isEqualTo("limner: the folder " + sealed.folder() + " cannot be used: read-only file system\n");
        }
    }

    private static void submit(Cli cli, Fleet fleet, String group) throws Exception {
        Cli.Run submit =
                cli.run("submit", "-b", fleet.bootstrap(), "--watch", "--group", group, "red apple", "blue car");
        assertThat(submit.exitCode()).as(submit.output() + submit.error()).isZero();
    }
}
