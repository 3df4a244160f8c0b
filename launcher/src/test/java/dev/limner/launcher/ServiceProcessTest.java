package dev.limner.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceProcessTest {
    @TempDir
    Path folder;

    @Test
    void shouldNotTakeAnotherProcessOnItsPortForItsOwn() throws Exception {
        HttpServer orphan = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        orphan.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        orphan.start();
        // A worker that ends at once: there is no jar in this home.
        try (ServiceProcess worker = ServiceProcess.worker(
                new ProjectLayout(folder),
                "worker-1",
                Map.of(),
                orphan.getAddress().getPort(),
                folder)) {
            assertThatThrownBy(worker::awaitReady)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("worker-1 ended with exit code 1")
                    .hasMessageEndingWith("see " + folder.resolve("worker-1.log"));
        } finally {
            orphan.stop(0);
        }
    }

    @Test
    void shouldNotBlameAProcessForWhatAnEarlierOneWrote() throws Exception {
        Files.writeString(folder.resolve("worker-1.log"), "ERROR of yesterday\n", StandardCharsets.UTF_8);
        try (ServiceProcess worker =
                ServiceProcess.worker(new ProjectLayout(folder), "worker-1", Map.of(), 1, folder)) {
            assertThatThrownBy(worker::awaitReady)
                    .hasMessageContaining("Unable to access jarfile")
                    .hasMessageNotContaining("yesterday");
        }
    }

    @Test
    void shouldEndServicesThatAreOutOfMemory() {
        assertThat(arguments(() -> ServiceProcess.trainer(new ProjectLayout(folder), Map.of(), 1, folder)))
                .contains("-XX:+ExitOnOutOfMemoryError");
        assertThat(arguments(() -> ServiceProcess.worker(new ProjectLayout(folder), "worker-1", Map.of(), 1, folder)))
                .contains("-XX:+ExitOnOutOfMemoryError");
    }

    /** Of a process that ends soon: there is no jar. */
    private static List<String> arguments(Supplier<ServiceProcess> start) {
        for (int tries = 0; tries < 20; tries++) {
            try (ServiceProcess process = start.get()) {
                Optional<String[]> found = ProcessHandle.of(process.pid())
                        .flatMap(one -> one.info().arguments());
                if (found.isPresent() && found.get().length > 0) {
                    return List.of(found.get());
                }
            }
        }
        return List.of();
    }
}
