package dev.limner.system;

import dev.limner.broker.BrokerSettings;
import dev.limner.broker.EmbeddedBroker;
import dev.limner.broker.FleetTopics;
import dev.limner.protocol.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import org.testcontainers.kafka.KafkaContainer;

/** A real broker for all system tests: embedded, or with {@code --containers} in a container. */
final class TestBroker {
    private static final String BOOTSTRAP = start();

    private TestBroker() {}

    static String bootstrap() {
        return BOOTSTRAP;
    }

    static Topics topics(String prefix) {
        Topics topics = new Topics(prefix);
        FleetTopics.create(BOOTSTRAP, topics, 4, (short) 1);
        return topics;
    }

    @SuppressWarnings("resource")
    private static String start() {
        if (Boolean.getBoolean("limner.tests.containers")) {
            KafkaContainer container = new KafkaContainer("apache/kafka:4.2.1")
                    .withEnv("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0")
                    // A killed worker's partitions move within seconds instead of the stock 45.
                    .withEnv("KAFKA_GROUP_CONSUMER_SESSION_TIMEOUT_MS", "10000")
                    .withEnv("KAFKA_GROUP_CONSUMER_MIN_SESSION_TIMEOUT_MS", "6000")
                    .withEnv("KAFKA_GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS", "2000")
                    .withEnv("KAFKA_GROUP_CONSUMER_MIN_HEARTBEAT_INTERVAL_MS", "1000")
                    .withEnv("KAFKA_TRANSACTION_ABORT_TIMED_OUT_TRANSACTION_CLEANUP_INTERVAL_MS", "1000");
            container.start();
            Runtime.getRuntime().addShutdownHook(new Thread(container::stop));
            return container.getBootstrapServers();
        }
        try {
            EmbeddedBroker broker =
                    EmbeddedBroker.start(new BrokerSettings(Files.createTempDirectory("limner-broker"), 0, false));
            Runtime.getRuntime().addShutdownHook(new Thread(broker::close));
            return broker.bootstrap();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
