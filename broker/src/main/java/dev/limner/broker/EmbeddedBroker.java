package dev.limner.broker;

import dev.limner.broker.BrokerSettings.Cluster;
import dev.limner.broker.BrokerSettings.Detour;
import dev.limner.protocol.process.FolderLock;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * A real Kafka broker and its KRaft controller (KIP-500) in this JVM: the quick start's and the tests' default. Loopback
 * only; one node, replication 1, unless it belongs to a cluster. Its timeouts are short, so that a killed worker's partitions move within seconds;
 * a stock broker takes its default 45 s.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final String CLUSTER_ID_FILE = "cluster.id";
    /** Kafka's: a folder that has it keeps the id that it was formatted with. */
    private static final String FORMATTED_FILE = "meta.properties";
    /** More than the week for which {@link FleetTopics} keeps jobs. */
    private static final Duration OFFSETS_KEPT = Duration.ofDays(30);

    private static final Uuid SHARED_ID = new Uuid(0x6c696d6e6572L, 1);

    /** A broker that has failed is not waited for much longer than it takes to write down what it still can. */
    private static final Duration FAILED_STOPS_WITHIN = Duration.ofSeconds(5);

    /** Kafka itself waits five minutes for its controller, which may be unable to write down that the broker leaves. */
    private static final Duration STOPS_WITHIN = Duration.ofSeconds(20);

    private final KafkaRaftServer server;
    private final int port;
    private final FolderLock lock;
    private final BrokerExit exit;
    private boolean closed;

    private EmbeddedBroker(KafkaRaftServer server, int port, FolderLock lock, BrokerExit exit) {
        this.server = server;
        this.port = port;
        this.lock = lock;
        this.exit = exit;
    }

    /**
     * Formats the folder if it is new, starts, and returns when clients can connect. Until it is closed nobody else can
     * start a broker on the folder.
     *
     * @throws dev.limner.protocol.process.FolderInUseException if the folder is another broker's
     * @throws dev.limner.protocol.process.FolderException if the folder cannot be made or written
     * @throws IllegalStateException if the broker does not start: the port is taken, the disk is full
     */
    public static EmbeddedBroker start(BrokerSettings settings) {
        return start(settings, Map.of());
    }

    /**
     * As {@link #start(BrokerSettings)}, with other values for some of the broker's own settings: tests that need an
     * authorizer, or limits of their own.
     *
     * @param overrides by Kafka's names
     */
    public static EmbeddedBroker start(BrokerSettings settings, Map<String, String> overrides) {
        // Kafka takes a lock of its own only after it has opened the metadata log, when two have written there already.
        FolderLock lock = FolderLock.exclusive(settings.data(), settings.owner());
        BrokerExit exit = BrokerExit.watch();
        boolean started = false;
        try {
            EmbeddedBroker broker = start(settings, overrides, lock, exit);
            started = true;
            return broker;
        } finally {
            if (!started) {
                exit.close();
                lock.close();
            }
        }
    }

    private static EmbeddedBroker start(
            BrokerSettings settings, Map<String, String> overrides, FolderLock lock, BrokerExit exit) {
        int port = settings.port() == 0 ? FreePorts.next() : settings.port();
        Properties properties = new Properties();
        Cluster cluster = settings.cluster() == null ? new Cluster(1, List.of(FreePorts.next())) : settings.cluster();
        properties.putAll(configuration(settings, port, cluster));
        properties.putAll(overrides);
        try {
            format(settings, cluster.node());
            KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
            startUp(server, exit.reason());
            return new EmbeddedBroker(server, port, lock, exit);
        } catch (IOException e) {
            throw new UncheckedIOException("the broker's folder " + settings.data() + " cannot be used", e);
        } catch (RuntimeException e) {
            throw new IllegalStateException("the broker did not start on port " + port + ": " + rootMessage(e), e);
        }
    }

    /** Waits for the start or for Kafka's giving up: it would wait for its own failed parts for minutes. */
    private static void startUp(KafkaRaftServer server, CompletableFuture<String> gaveUp) {
        CompletableFuture<String> started = CompletableFuture.runAsync(
                        server::startup,
                        task -> Thread.ofPlatform()
                                .name("limner-broker-start")
                                .daemon()
                                .start(task))
                .thenApply(done -> "");
        try {
            CompletableFuture.anyOf(started, gaveUp).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopWithin(server, FAILED_STOPS_WITHIN);
            throw new IllegalStateException("interrupted", e);
        }
        if (gaveUp.isDone()) {
            stopWithin(server, FAILED_STOPS_WITHIN);
            throw new IllegalStateException(gaveUp.join());
        }
    }

    /** For a broker that has failed: its threads may wait for each other for ever. */
    private static void stopWithin(KafkaRaftServer server, Duration patience) {
        boolean unused = join(stopping(server), patience);
    }

    private static CompletableFuture<Void> stopping(KafkaRaftServer server) {
        return CompletableFuture.runAsync(
                () -> {
                    server.shutdown();
                    server.awaitShutdown();
                },
                task -> Thread.ofPlatform().name("limner-broker-stop").daemon().start(task));
    }

    /** Whether it is over, well or not, within a time; an interrupt does not end the waiting. */
    private static boolean join(CompletableFuture<?> ending, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    ending.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
                    return true;
                } catch (TimeoutException e) {
                    return false;
                } catch (ExecutionException e) {
                    // Kafka has logged it.
                    return true;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static String rootMessage(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    private static Map<String, String> configuration(BrokerSettings settings, int port, Cluster cluster) {
        int nodes = cluster.controllerPorts().size();
        String voters = IntStream.range(0, nodes)
                .mapToObj(node ->
                        (node + 1) + "@127.0.0.1:" + cluster.controllerPorts().get(node))
                .collect(Collectors.joining(","));
        int controllerPort = cluster.controllerPorts().get(cluster.node() - 1);
        Detour detour = settings.detour();
        Map<String, String> config = new HashMap<>(Map.of(
                "process.roles",
                "broker,controller",
                "node.id",
                String.valueOf(cluster.node()),
                "controller.quorum.voters",
                voters,
                "controller.listener.names",
                "CONTROLLER",
                "listeners",
                "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort
                        + (detour == null ? "" : ",DETOUR://127.0.0.1:" + detour.port()),
                "advertised.listeners",
                "PLAINTEXT://localhost:" + port
                        + (detour == null ? "" : ",DETOUR://localhost:" + detour.advertisedPort()),
                "listener.security.protocol.map",
                "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,DETOUR:PLAINTEXT",
                "inter.broker.listener.name",
                "PLAINTEXT",
                "log.dirs",
                settings.data().toAbsolutePath().toString()));
        String copies = String.valueOf(Math.min(3, nodes));
        String copiesNeeded = nodes < 3 ? "1" : "2";
        config.putAll(Map.of(
                "auto.create.topics.enable", "false",
                "default.replication.factor", copies,
                "min.insync.replicas", copiesNeeded,
                "offsets.topic.replication.factor", copies,
                "offsets.topic.num.partitions", "4",
                "transaction.state.log.replication.factor", copies,
                "transaction.state.log.min.isr", copiesNeeded,
                "transaction.state.log.num.partitions", "4"));
        config.putAll(Map.of(
                "share.coordinator.state.topic.replication.factor", copies,
                "share.coordinator.state.topic.min.isr", copiesNeeded,
                "share.coordinator.state.topic.num.partitions", "2"));
        // Recovery in seconds: how long a silent member keeps its partitions, how long an open transaction of a dead
        // producer hides what follows it.
        config.putAll(Map.of(
                "group.initial.rebalance.delay.ms", "0",
                "group.consumer.session.timeout.ms", "10000",
                "group.consumer.min.session.timeout.ms", "6000",
                "group.consumer.heartbeat.interval.ms", "2000",
                "group.consumer.min.heartbeat.interval.ms", "1000",
                "transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000",
                "message.max.bytes", "33554432",
                "log.message.timestamp.type", "CreateTime"));
        if (detour != null) {
            // Who takes the detour may be denied what everybody else may do.
            config.putAll(Map.of(
                    "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                    "principal.builder.class", ListenerPrincipals.class.getName(),
                    "allow.everyone.if.no.acl.found", "true",
                    "super.users", "User:PLAINTEXT;User:CONTROLLER"));
        }
        // Who comes too late waits; without a limit a broker that runs out of files loses its log and gives up.
        OpenFiles.connections(OpenFiles.most())
                .ifPresent(most -> config.put("listener.name.plaintext.max.connections", String.valueOf(most)));
        // A group that sleeps for longer than its jobs are kept finds its offsets again.
        config.put("offsets.retention.minutes", String.valueOf(OFFSETS_KEPT.toMinutes()));
        if (settings.durable()) {
            config.put("log.flush.interval.messages", "1");
        }
        return config;
    }

    private static void format(BrokerSettings settings, int node) throws IOException {
        Path data = settings.data();
        Path idFile = data.resolve(CLUSTER_ID_FILE);
        boolean halfWritten = Files.exists(idFile)
                && Files.readString(idFile).isBlank()
                && !Files.exists(data.resolve(FORMATTED_FILE));
        if (!Files.exists(idFile) || halfWritten) {
            // Nodes that are to find each other need one id; whoever joins no cluster gets one of its own.
            Path temporary = data.resolve(CLUSTER_ID_FILE + ".tmp");
            Files.writeString(temporary, (settings.cluster() == null ? Uuid.randomUuid() : SHARED_ID).toString());
            Files.move(temporary, idFile, StandardCopyOption.ATOMIC_MOVE);
        }
        Formatter formatter = new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setNodeId(node)
                .setClusterId(Files.readString(idFile).strip())
                .setControllerListenerName("CONTROLLER")
                .addDirectory(data.toAbsolutePath().toString())
                .setMetadataLogDirectory(data.toAbsolutePath().toString())
                .setIgnoreFormatted(true);
        try {
            formatter.run();
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("the broker's folder " + data + " cannot be formatted", e);
        }
    }

    /** What clients connect to. */
    public String bootstrap() {
        return "localhost:" + port;
    }

    /**
     * Done, with a reason, when the broker has given up: its disk is full or broken, or a fault inside it. Stock Kafka ends
     * the whole process then; here that is for whoever started the broker to do.
     */
    public CompletableFuture<String> failed() {
        return exit.reason().copy();
    }

    /**
     * Stops cleanly: the next start on the same folder recovers nothing. Where that takes too long, because the disk is
     * full or no other node answers, the broker is left as if it had been killed. Safe to call twice.
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (exit.reason().isDone()) {
            stopWithin(server, FAILED_STOPS_WITHIN);
        } else {
            CompletableFuture<Void> stopping = stopping(server);
            // It may fail on the way, and then waits for what has failed.
            boolean unused = join(CompletableFuture.anyOf(stopping, exit.reason()), STOPS_WITHIN)
                    && join(stopping, FAILED_STOPS_WITHIN);
        }
        exit.close();
        lock.close();
    }
}
