package dev.limner.testkit.chaos.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.launcher.ProjectLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultInjectionTest {
    private static final Map<String, String> SETTINGS = Map.of(
            "limner.worker.group", "g",
            "limner.faults.worker.orders", "/orders/worker-1",
            "limner.faults.worker.clock-skew", "PT1H");

    @TempDir
    Path build;

    @Test
    void shouldNameTheKitOfTheBuild() throws IOException {
        Path kit = kit("META-INF/services/dev.limner.worker.fault.FaultPoints");

        assertThat(FaultInjection.settings(new ProjectLayout(build), "worker", SETTINGS))
                .containsEntry("limner.faults.worker", kit.toString())
                .containsAllEntriesOf(SETTINGS)
                .hasSize(SETTINGS.size() + 1);
    }

    /** A worker of an earlier release refuses settings that it does not know. */
    @Test
    void shouldSpeakToABuildWithoutAKitAsItUnderstands() throws IOException {
        Map<String, String> understood = Map.of(
                "limner.worker.group", "g",
                "limner.worker.drill.folder", "/orders",
                "limner.worker.drill.clock-skew", "PT1H");

        assertThat(FaultInjection.settings(new ProjectLayout(build), "worker", SETTINGS))
                .isEqualTo(understood);
        kit("META-INF/services/dev.limner.cli.LimnerCommand");
        assertThat(FaultInjection.settings(new ProjectLayout(build), "worker", SETTINGS))
                .isEqualTo(understood);
        assertThat(FaultInjection.settings(
                        new ProjectLayout(build), "trainer", Map.of("limner.faults.trainer.kill-at", "gate")))
                .isEqualTo(Map.of("limner.trainer.drill.kill-at", "gate"));
    }

    private Path kit(String entry) throws IOException {
        Path jar = Files.createDirectories(build.resolve("testkit/target")).resolve("limner-testkit.jar");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new ZipEntry(entry));
        }
        return jar;
    }
}
