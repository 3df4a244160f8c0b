package dev.limner.system;

import dev.limner.broker.FreePorts;
import dev.limner.protocol.Topics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The packaged worker as a process of its own. */
final class TestWorker implements AutoCloseable {
    private static final Duration START_WITHIN = Duration.ofMinutes(2);

    private final Process process;
    private final int port;
    private final Path log;

    private TestWorker(Process process, int port, Path log) {
        this.process = process;
        this.port = port;
        this.log = log;
    }

    /** @param more arguments of the JVM, after those that all have */
    static TestWorker start(Topics topics, String name, Path folder, String... more) throws IOException {
        int port = FreePorts.next();
        Path log = Files.createDirectories(folder).resolve(name + ".log");
        List<String> command = new ArrayList<>(List.of(
                Home.JAVA.toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Dai.djl.offline=true",
                "-Xmx384m",
                "-Dquarkus.http.port=" + port,
                "-Dlimner.worker.name=" + name,
                "-Dlimner.worker.bootstrap=" + TestBroker.bootstrap(),
                "-Dlimner.worker.topic-prefix=" + topics.prefix(),
                "-Dlimner.worker.group=" + topics.prefix() + "-workers",
                "-Dlimner.worker.model=" + Home.ROOT.resolve("models/default"),
                "-Dlimner.worker.cache=" + folder.resolve("cache"),
                "-Dlimner.worker.store.path=" + folder.resolve("store"),
                "-Dlimner.worker.threads=1"));
        command.addAll(List.of(more));
        command.addAll(List.of("-jar", Home.WORKER.toString()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        return new TestWorker(process, port, log);
    }

    TestWorker ready() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_WITHIN.toNanos();
        while (System.nanoTime() < deadline && process.isAlive()) {
            if (status("/q/health/ready") == 200) {
                return this;
            }
            Thread.sleep(50);
        }
        throw new AssertionError("the worker did not become ready: " + Files.readString(log));
    }

    /** The status code of a path, 0 while nothing listens. */
    int status(String path) throws InterruptedException {
        try {
            return get(path).statusCode();
        } catch (IOException e) {
            return 0;
        }
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                    .timeout(Duration.ofSeconds(5))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        }
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    /** SIGKILL. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** SIGTERM; returns the exit code. */
    int terminate() throws InterruptedException {
        process.destroy();
        return ended();
    }

    /** Waits until it has ended; returns the exit code. */
    int ended() throws InterruptedException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError("the worker did not end");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
