package dev.limner.worker.pipeline;

import dev.limner.broker.BrokerSettings;
import dev.limner.broker.EmbeddedBroker;
import dev.limner.broker.FleetTopics;
import dev.limner.protocol.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import org.testcontainers.kafka.KafkaContainer;

/**
 * A real broker: embedded, or with {@code -Dlimner.tests.containers=true} in a container. One a JVM; tests keep apart by
 * topic prefix and group.
 */
final class TestCluster {
    private static final String BOOTSTRAP = start();

    private TestCluster() {}

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
            KafkaContainer container =
                    new KafkaContainer("apache/kafka:4.2.1").withEnv("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0");
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
