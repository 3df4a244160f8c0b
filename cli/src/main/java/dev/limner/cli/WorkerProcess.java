package dev.limner.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A worker as a process of its own, its output in a log file. */
final class WorkerProcess implements AutoCloseable {
    private static final Duration START_WITHIN = Duration.ofSeconds(90);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(30);

    private final String name;
    private final Process process;
    private final int httpPort;
    private final Path log;

    private WorkerProcess(String name, Process process, int httpPort, Path log) {
        this.name = name;
        this.process = process;
        this.httpPort = httpPort;
        this.log = log;
    }

    /**
     * Starts a worker.
     *
     * @param settings {@code limner.worker.*} keys and values
     * @param httpPort of health and metrics
     */
    static WorkerProcess start(Home home, String name, Map<String, String> settings, int httpPort, Path logs) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Dai.djl.offline=true",
                "-XX:+UseSerialGC",
                "-Xmx384m",
                "-XX:TieredStopAtLevel=4",
                "-Dquarkus.http.port=" + httpPort,
                "-Dquarkus.http.host=127.0.0.1",
                "-Dlimner.worker.name=" + name,
                "-Dlimner.worker.cache=" + home.cache(),
                "-Dlimner.worker.model=" + home.defaultModel()));
        settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.add("-jar");
        command.add(home.workerJar().toString());
        Path log = logs.resolve(name + ".log");
        try {
            Files.createDirectories(logs);
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(home.root().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().putIfAbsent("OMP_WAIT_POLICY", "PASSIVE");
            return new WorkerProcess(name, builder.start(), httpPort, log);
        } catch (IOException e) {
            throw new UncheckedIOException("the worker " + name + " cannot be started", e);
        }
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("there is no free port", e);
        }
    }

    String name() {
        return name;
    }

    boolean alive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    URI http() {
        return URI.create("http://127.0.0.1:" + httpPort);
    }

    /**
     * Waits until the worker takes jobs.
     *
     * @throws IllegalStateException if it ends before or takes too long
     */
    void awaitReady() throws InterruptedException {
        long deadline = System.nanoTime() + START_WITHIN.toNanos();
        HttpRequest request = HttpRequest.newBuilder(http().resolve("/q/health/ready"))
                .timeout(Duration.ofSeconds(2))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            while (System.nanoTime() < deadline) {
                if (!process.isAlive()) {
                    throw new IllegalStateException("the worker " + name + " ended with exit code "
                            + process.exitValue() + ": " + lastError() + " (" + log + ")");
                }
                try {
                    if (client.send(request, HttpResponse.BodyHandlers.discarding())
                                    .statusCode()
                            == 200) {
                        return;
                    }
                } catch (IOException e) {
                    // Not listening yet.
                }
                Thread.sleep(50);
            }
        }
        throw new IllegalStateException(
                "the worker " + name + " was not ready within " + START_WITHIN.toSeconds() + " s (" + log + ")");
    }

    private String lastError() {
        try {
            List<String> lines = Files.readAllLines(log);
            for (String line : lines.reversed()) {
                if (line.contains("Exception") || line.contains("ERROR")) {
                    return line.strip();
                }
            }
            return lines.isEmpty() ? "no output" : lines.getLast();
        } catch (IOException e) {
            return "no log";
        }
    }

    /** SIGTERM, so that the worker finishes what is on the device; SIGKILL if it does not end. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_WITHIN.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
