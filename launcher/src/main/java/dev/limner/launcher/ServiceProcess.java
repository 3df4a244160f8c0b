package dev.limner.launcher;

import dev.limner.protocol.process.ProcessMark;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A worker or the trainer as a process of its own, its output in a log file. */
public final class ServiceProcess implements AutoCloseable {
    private static final Duration START_WITHIN = Duration.ofSeconds(90);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(30);
    private static final String TOKEN_HEADER = "Limner-Process";
    private static final int MOST_LOG_BYTES = 1 << 20;

    private final String name;
    private final Process process;
    private final int httpPort;
    private final Path log;
    private final long logStart;
    private final String token;

    private ServiceProcess(String name, Process process, int httpPort, Path log, long logStart, String token) {
        this.name = name;
        this.process = process;
        this.httpPort = httpPort;
        this.log = log;
        this.logStart = logStart;
        this.token = token;
    }

    /**
     * Starts a worker.
     *
     * @param settings {@code limner.worker.*} keys and values
     * @param httpPort of health and metrics
     */
    public static ServiceProcess worker(
            ProjectLayout home, String name, Map<String, String> settings, int httpPort, Path logs) {
        List<String> command = JavaProcess.java();
        String more = System.getenv("LIMNER_WORKER_JVM");
        if (more != null && !more.isBlank()) {
            // Behind the flags above, so that it overrides them.
            command.addAll(List.of(more.strip().split("\\s+", -1)));
        }
        command.add("-Dlimner.worker.name=" + name);
        command.add("-Dlimner.worker.cache=" + home.cache());
        command.add("-Dlimner.worker.model=" + home.defaultModel());
        command.add("-Dlimner.worker.models.store=" + home.bundles());
        command.add(
                "-Dlimner.worker.models.cache=" + home.cache().resolve("models").resolve(name));
        return start(home, name, command, settings, home.workerJar(), httpPort, logs);
    }

    /**
     * Starts the trainer.
     *
     * @param settings {@code limner.trainer.*} keys and values
     * @param httpPort of its interface, health and metrics
     */
    public static ServiceProcess trainer(ProjectLayout home, Map<String, String> settings, int httpPort, Path logs) {
        List<String> command = JavaProcess.java();
        command.add("-Xmx1g");
        // libc keeps what tensors gave back, unless the JVM has it trimmed; JDKs without the option pass over it.
        command.add("-XX:+IgnoreUnrecognizedVMOptions");
        command.add("-XX:TrimNativeHeapInterval=30000");
        command.add("-Dlimner.trainer.cache=" + home.cache());
        command.add("-Dlimner.trainer.model=" + home.defaultModel());
        command.add("-Dlimner.trainer.data=" + home.emojiData());
        command.add("-Dlimner.trainer.bundles=" + home.bundles());
        command.add("-Dlimner.trainer.state=" + home.state().resolve("trainer"));
        return start(home, "trainer", command, settings, home.trainerJar(), httpPort, logs);
    }

    private static ServiceProcess start(
            ProjectLayout home,
            String name,
            List<String> command,
            Map<String, String> settings,
            Path jar,
            int httpPort,
            Path logs) {
        // Kafka's threads only log what ends them; without memory nobody knows what still works.
        command.add("-XX:+ExitOnOutOfMemoryError");
        command.add("-Dquarkus.http.port=" + httpPort);
        command.add("-Dquarkus.http.host=127.0.0.1");
        // Only the process that was started here knows it: an answer on its port may come from another one.
        String token = UUID.randomUUID().toString();
        command.add("-Dquarkus.http.header.\"" + TOKEN_HEADER + "\".value=" + token);
        settings.forEach((key, value) -> command.add("-D" + key + "=" + value));
        command.add("-jar");
        command.add(jar.toString());
        Path log = logs.resolve(name + ".log");
        try {
            Files.createDirectories(logs);
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(home.root().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            JavaProcess.forComputing(builder.environment());
            long logStart = Files.exists(log) ? Files.size(log) : 0;
            return new ServiceProcess(name, builder.start(), httpPort, log, logStart, token);
        } catch (IOException e) {
            throw new UncheckedIOException(name + " cannot be started", e);
        }
    }

    public String name() {
        return name;
    }

    public boolean alive() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    /** Which process it is, for those who come after its parent. */
    ProcessMark mark() {
        return ProcessMark.of(name, process.toHandle());
    }

    /** The most memory the process has held, in MiB, as the kernel counts it; null where there is no {@code /proc}. */
    public @Nullable Long peakRssMiB() {
        Long kib = statusKib("VmHWM:");
        return kib == null ? null : kib / 1024;
    }

    /** The memory the process holds, in KiB; null where there is no {@code /proc} or no process any more. */
    public @Nullable Long rssKib() {
        return statusKib("VmRSS:");
    }

    /** Open file descriptors; null where there is no {@code /proc} or no process any more. */
    public @Nullable Long openFiles() {
        try (Stream<Path> files = Files.list(Path.of("/proc/" + pid() + "/fd"))) {
            return files.count();
        } catch (IOException e) {
            return null;
        }
    }

    private @Nullable Long statusKib(String key) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid() + "/status")).stream()
                    .filter(line -> line.startsWith(key))
                    .map(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElse(null);
        } catch (IOException e) {
            return null;
        }
    }

    public URI http() {
        return URI.create("http://127.0.0.1:" + httpPort);
    }

    /**
     * Waits until it says that it is ready: a worker takes jobs then. What another process says on its port does not
     * count.
     *
     * @throws IllegalStateException if it ends before or takes too long
     */
    public void awaitReady() throws InterruptedException {
        long deadline = System.nanoTime() + START_WITHIN.toNanos();
        HttpRequest request =
                HttpRequest.newBuilder(http().resolve("/q/health/ready")).build();
        while (System.nanoTime() < deadline) {
            if (!process.isAlive()) {
                throw new IllegalStateException(whyItEnded());
            }
            try {
                HttpResponse<String> answer = BoundedHttp.send(request, Duration.ofSeconds(2));
                if (answer.statusCode() == 200
                        && answer.headers().allValues(TOKEN_HEADER).contains(token)) {
                    return;
                }
            } catch (IOException e) {
                // Not listening yet.
            }
            Thread.sleep(50);
        }
        throw new IllegalStateException(
                name + " was not ready within " + START_WITHIN.toSeconds() + " s (" + log + ")");
    }

    /**
     * One of its metrics, summed over its tags; 0 if it has none of that name.
     *
     * @param name as Prometheus knows it
     */
    public double metric(String name) throws InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(http().resolve("/q/metrics")).build();
        try {
            return BoundedHttp.send(request, Duration.ofSeconds(5))
                    .body()
                    .lines()
                    .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException("the metrics of " + this.name + " cannot be read", e);
        }
    }

    /** Why it ended, for a user: exit code, last complaint, log. Only for one that has ended. */
    String whyItEnded() {
        return name + " ended with exit code " + process.exitValue() + ": " + lastError() + "; see " + log;
    }

    /** The last complaint of this process in a log that earlier ones may have begun. */
    private String lastError() {
        List<String> lines;
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            file.seek(Math.max(logStart, file.length() - MOST_LOG_BYTES));
            byte[] bytes = new byte[(int) Math.min(MOST_LOG_BYTES, Math.max(0, file.length() - file.getFilePointer()))];
            file.readFully(bytes);
            lines = new String(bytes, StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            return "no log";
        }
        return FailureReason.lastOf(lines);
    }

    /** SIGKILL; returns when the process is gone. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /**
     * Sends a signal.
     *
     * @param signal {@code STOP}, {@code CONT} ...
     */
    public void signal(String signal) {
        try {
            new ProcessBuilder("kill", "-" + signal, String.valueOf(pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException("SIG" + signal + " cannot be sent to " + name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Done when the process has ended. */
    public CompletableFuture<Process> ended() {
        return process.onExit();
    }

    /** SIGTERM, so that it finishes what it is at; SIGKILL if it does not end. */
    @Override
    public void close() {
        close(STOP_WITHIN);
    }

    /** The same, with another patience. */
    void close(Duration patience) {
        process.destroy();
        try {
            if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
