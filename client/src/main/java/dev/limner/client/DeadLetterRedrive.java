package dev.limner.client;

import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends dead letters again as jobs, in transactions. Of a fleet there is one at a time: whoever was about to send the same
 * letters is fenced when this is made, and what it had committed can be read afterwards. One thread.
 */
public final class DeadLetterRedrive implements AutoCloseable {
    private static final int PER_TRANSACTION = 500;

    private final KafkaProducer<byte[], byte[]> producer;

    /** Fences the one before. */
    public DeadLetterRedrive(FleetClient client) {
        producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        client.bootstrap(),
                        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                        client.topics().prefix() + "-redrive"),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        boolean kept = false;
        try {
            producer.initTransactions();
            kept = true;
        } finally {
            if (!kept) {
                producer.close();
            }
        }
    }

    /** Returns when the brokers have all of them. */
    public void send(List<DeadLetterRecord> letters) {
        for (int at = 0; at < letters.size(); at += PER_TRANSACTION) {
            producer.beginTransaction();
            for (DeadLetterRecord letter : letters.subList(at, Math.min(at + PER_TRANSACTION, letters.size()))) {
                var unused = producer.send(letter.again());
            }
            producer.commitTransaction();
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
