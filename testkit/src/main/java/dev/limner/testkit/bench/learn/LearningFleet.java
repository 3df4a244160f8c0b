package dev.limner.testkit.bench.learn;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.limner.client.FleetClient;
import dev.limner.launcher.BoundedHttp;
import dev.limner.launcher.LocalFleet;
import dev.limner.launcher.ProjectLayout;
import dev.limner.launcher.ServiceProcess;
import dev.limner.protocol.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** A broker, a worker and a trainer that live in one folder, and what the trainer says of itself. */
final class LearningFleet implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final LocalFleet fleet;
    private final ServiceProcess trainer;

    private LearningFleet(LocalFleet fleet, ServiceProcess trainer) {
        this.fleet = fleet;
        this.trainer = trainer;
    }

    /**
     * Starts them and waits until they are ready. On a small machine the worker leaves a core to the trainer.
     *
     * @param folder gets {@code store}, {@code models}, {@code trainer} and {@code logs}
     * @param worker settings of the worker
     * @param learning settings of the trainer
     */
    static LearningFleet start(
            ProjectLayout home, Path folder, Map<String, String> worker, Map<String, String> learning)
            throws InterruptedException {
        LocalFleet fleet = LocalFleet.embedded(folder.resolve("broker"), 0, false, Topics.DEFAULT);
        Runtime.getRuntime().addShutdownHook(new Thread(fleet::close));
        String models = models(folder).toString();
        Map<String, String> drawing = new LinkedHashMap<>(worker);
        drawing.put("limner.worker.models.store", models);
        drawing.put("limner.worker.streams", "1");
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("limner.trainer.state", folder.resolve("trainer").toString());
        settings.put("limner.trainer.bundles", models);
        settings.putAll(learning);
        Path store = folder.resolve("store");
        Path logs = folder.resolve("logs");
        fleet.startWorkers(home, 1, store, logs, 0, drawing);
        return new LearningFleet(fleet, fleet.startTrainer(home, store, logs, 0, settings));
    }

    /** Where the released bundles of such a fleet lie. */
    static Path models(Path folder) {
        return folder.resolve("models");
    }

    FleetClient client() {
        return new FleetClient(fleet.bootstrap(), Topics.DEFAULT);
    }

    JsonNode status() throws InterruptedException {
        return send("/status", "GET");
    }

    JsonNode rounds() throws InterruptedException {
        return send("/rounds", "GET");
    }

    /** Has a round begin; the round, or an object with {@code error}. */
    JsonNode tune() throws InterruptedException {
        return send("/rounds", "POST");
    }

    private JsonNode send(String path, String method) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(trainer.http().resolve(path))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        try {
            return JSON.readTree(BoundedHttp.send(request, PATIENCE).body());
        } catch (IOException e) {
            throw new UncheckedIOException("the trainer does not answer", e);
        }
    }

    @Override
    public void close() {
        fleet.close();
    }
}
