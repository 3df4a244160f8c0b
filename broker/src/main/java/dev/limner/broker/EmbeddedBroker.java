package dev.limner.broker;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * A real Kafka broker and its KRaft controller (KIP-500) in this JVM: the quick start's and the tests' default. One
 * node, replication 1, loopback only. Its timeouts are short, so that a killed worker's partitions move within seconds;
 * a stock broker takes its default 45 s.
 */
public final class EmbeddedBroker implements AutoCloseable {
    private static final String CLUSTER_ID_FILE = "cluster.id";

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
        int port = settings.port() == 0 ? freePort() : settings.port();
        Properties properties = new Properties();
        properties.putAll(configuration(settings, port, freePort()));
        try {
            Files.createDirectories(settings.data());
            format(settings.data());
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

    private static Map<String, String> configuration(BrokerSettings settings, int port, int controllerPort) {
        Map<String, String> config = new HashMap<>(Map.of(
                "process.roles", "broker,controller",
                "node.id", "1",
                "controller.quorum.voters", "1@127.0.0.1:" + controllerPort,
                "controller.listener.names", "CONTROLLER",
                "listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort,
                "advertised.listeners", "PLAINTEXT://localhost:" + port,
                "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "inter.broker.listener.name", "PLAINTEXT",
                "log.dirs", settings.data().toAbsolutePath().toString()));
        config.putAll(Map.of(
                "auto.create.topics.enable", "false",
                "offsets.topic.replication.factor", "1",
                "offsets.topic.num.partitions", "4",
                "transaction.state.log.replication.factor", "1",
                "transaction.state.log.min.isr", "1",
                "transaction.state.log.num.partitions", "4",
                "share.coordinator.state.topic.replication.factor", "1",
                "share.coordinator.state.topic.min.isr", "1",
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
        if (settings.durable()) {
            config.put("log.flush.interval.messages", "1");
        }
        return config;
    }

    private static void format(Path data) throws IOException {
        Path idFile = data.resolve(CLUSTER_ID_FILE);
        if (!Files.exists(idFile)) {
            Files.writeString(idFile, Uuid.randomUuid().toString());
        }
        Formatter formatter = new Formatter()
                .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
                .setNodeId(1)
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

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("there is no free port", e);
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
