package dev.limner.launcher;

import dev.limner.broker.BrokerSettings;
import dev.limner.broker.EmbeddedBroker;
import dev.limner.broker.FleetTopics;
import dev.limner.broker.FreePorts;
import dev.limner.protocol.Topics;
import dev.limner.protocol.process.FolderInUseException;
import dev.limner.protocol.process.FolderLock;
import dev.limner.protocol.process.NoSpace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A broker in this process, or the user's own, and workers as processes beside it. */
public final class LocalFleet implements AutoCloseable {
    /** The system property that names the command which runs in this process. */
    public static final String COMMAND = "limner.command";

    private static final int PARTITIONS = 8;
    private static final long CLOSING_SHOWS_WITHIN_MILLIS = 500;
    private static final Duration WITHOUT_BROKER = Duration.ofSeconds(5);

    private final @Nullable EmbeddedBroker broker;
    private final String bootstrap;
    private final Topics topics;
    private final List<ServiceProcess> workers = new ArrayList<>();
    private @Nullable ServiceProcess trainer;
    private @Nullable FolderLock claim;
    private volatile boolean closed;
    /** Done when a part of the fleet has ended that nobody ended. */
    private final CompletableFuture<String> failure = new CompletableFuture<>();

    private LocalFleet(@Nullable EmbeddedBroker broker, String bootstrap, Topics topics) {
        this.broker = broker;
        this.bootstrap = bootstrap;
        this.topics = topics;
    }

    /**
     * Starts an embedded broker and creates the topics.
     *
     * @throws IllegalStateException if it cannot be started; the message says what to do
     */
    public static LocalFleet embedded(Path data, int port, boolean durable, Topics topics) {
        EmbeddedBroker broker;
        try {
            String command = "limner " + System.getProperty(COMMAND, "up");
            broker = EmbeddedBroker.start(new BrokerSettings(data, port, durable).ownedBy(command));
        } catch (FolderInUseException e) {
            throw e;
        } catch (RuntimeException e) {
            throw withoutSpace(data, e);
        }
        try {
            FleetTopics.create(broker.bootstrap(), topics, PARTITIONS, (short) 1);
            LocalFleet fleet = new LocalFleet(broker, broker.bootstrap(), topics);
            var unused = broker.failed().thenAccept(reason -> fleet.failed(brokerStopped(data, reason)));
            return fleet;
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

    /** Why a broker of this process has given up, for the user. */
    public static String brokerStopped(Path data, String reason) {
        return DiskSpace.explains(data) ? DiskSpace.line(data) : "the broker stopped: " + reason + LogFile.where();
    }

    /** A failed start, told as what it is if the device is full. */
    public static RuntimeException withoutSpace(Path data, RuntimeException failure) {
        return NoSpace.causes(failure) || DiskSpace.explains(data)
                ? new IllegalStateException(DiskSpace.line(data), failure)
                : failure;
    }

    /** Has the processes of this fleet written into a lock: whoever takes it next finds those that outlive this one. */
    public void recordIn(FolderLock lock) {
        claim = lock;
    }

    private void failed(String reason) {
        if (!closed) {
            failure.complete(reason);
        }
    }

    private void started(ServiceProcess service) {
        var unused = service.ended()
                // Ctrl-C reaches the services as soon as it reaches this process.
                .thenAcceptAsync(
                        process -> failed(service.whyItEnded()),
                        CompletableFuture.delayedExecutor(CLOSING_SHOWS_WITHIN_MILLIS, TimeUnit.MILLISECONDS));
        if (claim != null) {
            claim.children(services().stream().map(ServiceProcess::mark).toList());
        }
    }

    /**
     * Does something that needs the fleet; the calling thread is interrupted when a part of the fleet ends.
     *
     * @throws IllegalStateException if a part of the fleet has ended; the message says which and why
     */
    public <T> T during(Callable<T> work) throws Exception {
        Thread working = Thread.currentThread();
        AtomicBoolean busy = new AtomicBoolean(true);
        CompletableFuture<Void> alarm = failure.thenAccept(reason -> {
            if (busy.compareAndSet(true, false)) {
                working.interrupt();
            }
        });
        try {
            return work.call();
        } catch (Exception e) {
            // A client notices the end of a broker before the broker says so.
            throw failure.isDone() && !closed ? new IllegalStateException(failure.join(), e) : e;
        } finally {
            if (!busy.compareAndSet(true, false)) {
                alarm.join();
                boolean unused = Thread.interrupted();
            }
        }
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
     * @param store folder of the images
     * @param logs folder of the workers' logs
     * @param httpPort of the first worker, the others follow; 0 for any free ones
     */
    public void startWorkers(
            ProjectLayout home, int count, Path store, Path logs, int httpPort, Map<String, String> extra)
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
            ServiceProcess worker = ServiceProcess.worker(home, "worker-" + i, settings, port, logs);
            workers.add(worker);
            started(worker);
        }
        for (ServiceProcess worker : workers) {
            worker.awaitReady();
        }
    }

    /**
     * Starts a trainer and waits until it takes feedback.
     *
     * @param store folder of the images
     * @param httpPort 0 for any free one
     */
    public ServiceProcess startTrainer(
            ProjectLayout home, Path store, Path logs, int httpPort, Map<String, String> extra)
            throws InterruptedException {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("limner.trainer.bootstrap", bootstrap);
        settings.put("limner.trainer.topic-prefix", topics.prefix());
        settings.put("limner.trainer.store", store.toAbsolutePath().toString());
        settings.putAll(extra);
        ServiceProcess process =
                ServiceProcess.trainer(home, settings, httpPort == 0 ? FreePorts.next() : httpPort, logs);
        trainer = process;
        started(process);
        process.awaitReady();
        return process;
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
        boolean brokerGone = broker != null && broker.failed().isDone();
        services().parallelStream()
                // Without a broker nothing that they are at can be finished, and nothing is lost.
                .forEach(service -> {
                    if (brokerGone) {
                        service.close(WITHOUT_BROKER);
                    } else {
                        service.close();
                    }
                });
        if (broker != null) {
            broker.close();
        }
    }
}
