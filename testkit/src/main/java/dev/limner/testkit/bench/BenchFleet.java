package dev.limner.testkit.bench;

import dev.limner.client.FleetClient;
import dev.limner.launcher.FolderClaims;
import dev.limner.launcher.Folders;
import dev.limner.launcher.LocalFleet;
import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.ServiceProcess;
import dev.limner.protocol.Topics;
import java.nio.file.Path;
import java.util.Map;

/** An embedded broker and one worker or more in a folder of their own, which is emptied first and given back empty. */
final class BenchFleet implements AutoCloseable {
    private final LocalFleet fleet;
    private final Path folder;

    private BenchFleet(LocalFleet fleet, Path folder) {
        this.fleet = fleet;
        this.folder = folder;
    }

    /** @param settings of the worker, {@code limner.worker.*} */
    static BenchFleet start(ProjectLayout home, Map<String, String> settings) throws InterruptedException {
        return start(home, settings, false);
    }

    /** @param durable whether the broker forces every record to the device before it acknowledges it */
    static BenchFleet start(ProjectLayout home, Map<String, String> settings, boolean durable)
            throws InterruptedException {
        return start(home, settings, durable, 1);
    }

    /** @param workers how many */
    static BenchFleet start(ProjectLayout home, Map<String, String> settings, boolean durable, int workers)
            throws InterruptedException {
        Path folder = home.state().resolve("bench");
        FolderClaims.keep(folder, "limner bench");
        Folders.delete(folder.resolve("broker"));
        Folders.delete(folder.resolve("store"));
        LocalFleet fleet = LocalFleet.embedded(folder.resolve("broker"), 0, durable, Topics.DEFAULT);
        Runtime.getRuntime().addShutdownHook(new Thread(fleet::close));
        try {
            fleet.startWorkers(home, workers, folder.resolve("store"), folder.resolve("logs"), 0, settings);
            return new BenchFleet(fleet, folder);
        } catch (RuntimeException e) {
            fleet.close();
            throw e;
        }
    }

    ServiceProcess worker() {
        return fleet.workers().get(0);
    }

    /** What all workers together have used of the cores so far. */
    double cpuSeconds() {
        return fleet.workers().stream()
                .mapToDouble(worker -> ProcessHandle.of(worker.pid())
                        .flatMap(process -> process.info().totalCpuDuration())
                        .map(used -> used.toNanos() / 1e9)
                        .orElse(0.0))
                .sum();
    }

    String bootstrap() {
        return fleet.bootstrap();
    }

    FleetClient client() {
        return new FleetClient(fleet.bootstrap(), Topics.DEFAULT);
    }

    JobBacklog backlog() {
        return new JobBacklog(fleet.bootstrap(), Topics.DEFAULT);
    }

    @Override
    public void close() {
        fleet.close();
        Folders.delete(folder.resolve("broker"));
        Folders.delete(folder.resolve("store"));
    }
}
