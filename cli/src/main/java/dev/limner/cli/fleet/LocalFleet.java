package dev.limner.cli.fleet;

import dev.limner.broker.BrokerSettings;
import dev.limner.broker.EmbeddedBroker;
import dev.limner.broker.FleetTopics;
import dev.limner.broker.FreePorts;
import dev.limner.protocol.Topics;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A broker in this process, or the user's own, and workers as processes beside it. */
public final class LocalFleet implements AutoCloseable {
    private static final int PARTITIONS = 8;

    private final @Nullable EmbeddedBroker broker;
    private final String bootstrap;
    private final Topics topics;
    private final List<ServiceProcess> workers = new ArrayList<>();
    private @Nullable ServiceProcess trainer;
    private volatile boolean closed;

    private LocalFleet(@Nullable EmbeddedBroker broker, String bootstrap, Topics topics) {
        this.broker = broker;
        this.bootstrap = bootstrap;
        this.topics = topics;
    }

    /** Starts an embedded broker and creates the topics. */
    public static LocalFleet embedded(Path data, int port, boolean durable, Topics topics) {
        EmbeddedBroker broker = EmbeddedBroker.start(new BrokerSettings(data, port, durable));
        try {
            FleetTopics.create(broker.bootstrap(), topics, PARTITIONS, (short) 1);
            return new LocalFleet(broker, broker.bootstrap(), topics);
        } catch (RuntimeException e) {
            broker.close();
            throw e;
        }
    }

    /** Uses brokers that are there already; creates missing topics with their default replication. */
    public static LocalFleet on(String bootstrap, Topics topics) {
        FleetTopics.create(bootstrap, topics, PARTITIONS, (short) -1);
        return new LocalFleet(null, bootstrap, topics);
    }

    public String bootstrap() {
        return bootstrap;
    }

    public List<ServiceProcess> workers() {
        return List.copyOf(workers);
    }

    /**
     * Starts workers and waits until all of them take jobs.
     *
     * @param store folder of the pictures
     * @param logs folder of the workers' logs
     * @param httpPort of the first worker, the others follow; 0 for any free ones
     */
    public void startWorkers(Home home, int count, Path store, Path logs, int httpPort, Map<String, String> extra)
            throws InterruptedException {
        for (int i = 1; i <= count; i++) {
            Map<String, String> settings = new LinkedHashMap<>();
            settings.put("limner.worker.bootstrap", bootstrap);
            settings.put("limner.worker.topic-prefix", topics.prefix());
            settings.put("limner.worker.store.path", store.toAbsolutePath().toString());
            // The streams of all workers together should not outnumber the cores.
            int streams = Math.max(1, Runtime.getRuntime().availableProcessors() / count);
            settings.put("limner.worker.streams", String.valueOf(streams));
            settings.putAll(extra);
            int port = httpPort == 0 ? FreePorts.next() : httpPort + i - 1;
            workers.add(ServiceProcess.worker(home, "worker-" + i, settings, port, logs));
        }
        for (ServiceProcess worker : workers) {
            worker.awaitReady();
        }
    }

    /**
     * Starts a trainer and waits until it takes feedback.
     *
     * @param store folder of the pictures
     * @param httpPort 0 for any free one
     */
    public ServiceProcess startTrainer(Home home, Path store, Path logs, int httpPort, Map<String, String> extra)
            throws InterruptedException {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("limner.trainer.bootstrap", bootstrap);
        settings.put("limner.trainer.topic-prefix", topics.prefix());
        settings.put("limner.trainer.store", store.toAbsolutePath().toString());
        settings.putAll(extra);
        ServiceProcess started =
                ServiceProcess.trainer(home, settings, httpPort == 0 ? FreePorts.next() : httpPort, logs);
        trainer = started;
        started.awaitReady();
        return started;
    }

    /** The trainer, if one was started. */
    public Optional<ServiceProcess> trainer() {
        return Optional.ofNullable(trainer);
    }

    /** Everything that was started beside the broker. */
    public List<ServiceProcess> services() {
        return Stream.concat(workers.stream(), trainer().stream()).toList();
    }

    /** Whether the fleet is going down or down. */
    public boolean closed() {
        return closed;
    }

    /** Stops the services, side by side, then the broker. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        services().parallelStream().forEach(ServiceProcess::close);
        if (broker != null) {
            broker.close();
        }
    }
}
