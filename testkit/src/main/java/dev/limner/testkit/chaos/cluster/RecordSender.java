package dev.limner.testkit.chaos.cluster;

import dev.limner.protocol.Topics;
import dev.limner.testkit.chaos.cluster.JobMaker.Made;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Writes jobs and cancellations to a fleet's topics. Safe from any thread. */
final class RecordSender implements AutoCloseable {
    private final String bootstrap;
    private final Topics topics;
    private final KafkaProducer<byte[], byte[]> producer;

    RecordSender(String bootstrap, Topics topics) {
        this.bootstrap = bootstrap;
        this.topics = topics;
        this.producer = producer(bootstrap, Map.of());
    }

    private static KafkaProducer<byte[], byte[]> producer(String bootstrap, Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>(Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap,
                ProducerConfig.LINGER_MS_CONFIG, 0,
                // New partitions are to be found while they are new.
                ProducerConfig.METADATA_MAX_AGE_CONFIG, 1000,
                ProducerConfig.MAX_BLOCK_MS_CONFIG, 120_000,
                // Longer than any outage.
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 300_000));
        config.putAll(more);
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** A producer with a transactional id, which the caller closes. */
    KafkaProducer<byte[], byte[]> transactional(String id) {
        return producer(bootstrap, Map.of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id));
    }

    /** A job as a record; without a partition its key decides. */
    ProducerRecord<byte[], byte[]> record(Topics.Lane lane, @Nullable Integer partition, Made job) {
        return new ProducerRecord<>(topics.jobs(lane), partition, utf8(job.key()), job.value(), job.headers());
    }

    void send(Topics.Lane lane, @Nullable Integer partition, Made job) {
        var unused = producer.send(record(lane, partition, job));
    }

    void cancel(String id) {
        String value = "{\"at\":\"" + Instant.now() + "\",\"reason\":\"chaos\"}";
        var unused = producer.send(
                new ProducerRecord<>(topics.cancellations(), utf8(id), value.getBytes(StandardCharsets.UTF_8)));
    }

    void withdraw(String id) {
        var unused = producer.send(new ProducerRecord<>(topics.cancellations(), utf8(id), null));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Returns when everything sent so far is acknowledged. */
    void flush() {
        producer.flush();
    }

    @Override
    public void close() {
        producer.close(Duration.ofSeconds(5));
    }
}
