package dev.limner.broker;

import dev.limner.broker.BrokerSettings.Cluster;
import dev.limner.broker.BrokerSettings.Detour;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
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
    /** More than the week for which {@link FleetTopics} keeps jobs and results. */
    private static final Duration OFFSETS_KEPT = Duration.ofDays(30);

    private static final Uuid SHARED_ID = new Uuid(0x6c696d6e6572L, 1);

    private final KafkaRaftServer server;
    private final int port;
    private boolean closed;

    private EmbeddedBroker(KafkaRaftServer server, int port) {
        this.server = server;
        this.port = port;
    }

    /**
     * Formats the folder if it is new, starts, and returns when clients can connect.
     *
     * @throws IllegalStateException if the broker does not start: the port is taken, the folder is in use
     */
    public static EmbeddedBroker start(BrokerSettings settings) {
        int port = settings.port() == 0 ? FreePorts.next() : settings.port();
        Properties properties = new Properties();
        Cluster cluster = settings.cluster() == null ? new Cluster(1, List.of(FreePorts.next())) : settings.cluster();
        properties.putAll(configuration(settings, port, cluster));
        try {
            Files.createDirectories(settings.data());
            format(settings, cluster.node());
            KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(properties, false), Time.SYSTEM);
            server.startup();
            return new EmbeddedBroker(server, port);
        } catch (IOException e) {
            throw new UncheckedIOException("the broker's folder " + settings.data() + " cannot be used", e);
        } catch (RuntimeException e) {
            throw new IllegalStateException("the broker did not start on port " + port + ": " + rootMessage(e), e);
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
        if (!Files.exists(idFile)) {
            // Nodes that are to find each other need one id; whoever joins no cluster gets one of its own.
            Files.writeString(idFile, (settings.cluster() == null ? Uuid.randomUuid() : SHARED_ID).toString());
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

    /** Stops cleanly: the next start on the same folder recovers nothing. Safe to call twice. */
    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            server.shutdown();
            server.awaitShutdown();
        }
    }
}
