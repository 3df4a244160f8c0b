package dev.limner.testkit.bench;

import dev.limner.launcher.JavaProcess;
import dev.limner.launcher.ProjectLayout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;

/** An embedded broker in a process of its own, so that it can be stopped and killed. */
final class BrokerProcess implements AutoCloseable {
    private static final Duration START_WITHIN = Duration.ofSeconds(60);

    private final Process process;
    private final int port;

    private BrokerProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts one and waits until it answers. */
    static BrokerProcess start(ProjectLayout home, Path data, int port) throws InterruptedException {
        try {
            Path log = Files.createDirectories(home.state().resolve("logs")).resolve("bench-broker.log");
            Process process = JavaProcess.command(home, List.of("broker", "--data=" + data, "--port=" + port))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            BrokerProcess broker = new BrokerProcess(process, port);
            broker.await(log);
            return broker;
        } catch (IOException e) {
            throw new UncheckedIOException("a broker cannot be started", e);
        }
    }

    private void await(Path log) throws InterruptedException {
        long deadline = System.nanoTime() + START_WITHIN.toNanos();
        while (System.nanoTime() < deadline && process.isAlive()) {
            try (Admin admin = Admin.create(Map.of(
                    AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap(),
                    AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 3000,
                    AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 2000))) {
                admin.describeCluster().clusterId().get();
                return;
            } catch (ExecutionException e) {
                Thread.sleep(100);
            }
        }
        close();
        throw new IllegalStateException("the broker does not answer on " + bootstrap() + " (" + log + ")");
    }

    String bootstrap() {
        return "localhost:" + port;
    }

    /**
     * Sends a signal.
     *
     * @param signal {@code STOP}, {@code CONT} ...
     */
    void signal(String signal) throws InterruptedException {
        try {
            new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException("SIG" + signal + " cannot be sent to the broker", e);
        }
    }

    /** SIGKILL; returns when the process is gone. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
