package dev.limner.testkit.bench;

import dev.limner.protocol.Job;
import dev.limner.protocol.JobCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What the broker allows at best: a consume-transform-produce loop with transactions (KIP-447) that does nothing else,
 * from job-sized to result-sized records.
 */
final class RawLoop {
    private static final int RESULT_BYTES = 1000;
    private static final int PARTITIONS = 8;
    private static final int PER_TRANSACTION = 500;
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration POLL = Duration.ofMillis(50);

    private final String bootstrap;

    RawLoop(String bootstrap) {
        this.bootstrap = bootstrap;
    }

    /** Records per second, from a backlog. */
    double run(List<Job> jobs) throws InterruptedException {
        String suffix = Long.toString(System.nanoTime(), 36);
        String in = "bench.raw.in." + suffix;
        String out = "bench.raw.out." + suffix;
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap))) {
            admin.createTopics(
                            List.of(new NewTopic(in, PARTITIONS, (short) 1), new NewTopic(out, PARTITIONS, (short) 1)))
                    .all()
                    .get();
            fill(in, jobs);
            double rate = loop(in, out, jobs.size());
            admin.deleteTopics(List.of(in, out)).all().get();
            return rate;
        } catch (ExecutionException e) {
            throw new IllegalStateException("the bare loop's topics: " + e.getCause(), e);
        }
    }

    private void fill(String topic, List<Job> jobs) throws InterruptedException, ExecutionException {
        // One request at a time: on a topic that is just being created several were seen to overtake each other, which
        // costs an idempotent producer a batch (OUT_OF_ORDER_SEQUENCE_NUMBER).
        try (KafkaProducer<byte[], byte[]> producer =
                producer(Map.of(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1))) {
            List<Future<RecordMetadata>> sent = new ArrayList<>(jobs.size());
            for (Job job : jobs) {
                sent.add(producer.send(
                        new ProducerRecord<>(topic, job.id().getBytes(StandardCharsets.UTF_8), JobCodec.encode(job))));
            }
            for (Future<RecordMetadata> acknowledged : sent) {
                acknowledged.get();
            }
        }
    }

    private double loop(String in, String out, int records) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                        Map.of(
                                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                                bootstrap,
                                ConsumerConfig.GROUP_ID_CONFIG,
                                in,
                                ConsumerConfig.GROUP_PROTOCOL_CONFIG,
                                "consumer",
                                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                                "earliest",
                                ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                                false,
                                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                                "read_committed",
                                ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                                PER_TRANSACTION),
                        new ByteArrayDeserializer(),
                        new ByteArrayDeserializer());
                KafkaProducer<byte[], byte[]> producer = producer(Map.of(ProducerConfig.TRANSACTIONAL_ID_CONFIG, in))) {
            producer.initTransactions();
            consumer.subscribe(List.of(in));
            int done = 0;
            long created = System.nanoTime();
            long start = 0;
            while (done < records) {
                Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
                var polled = consumer.poll(POLL);
                if (polled.isEmpty()) {
                    if (System.nanoTime() - created > PATIENCE.toNanos()) {
                        throw new IllegalStateException("the bare loop found " + done + " of " + records + " records");
                    }
                    continue;
                }
                if (start == 0) {
                    start = System.nanoTime();
                }
                producer.beginTransaction();
                for (ConsumerRecord<byte[], byte[]> record : polled) {
                    var unused = producer.send(new ProducerRecord<>(out, record.key(), new byte[RESULT_BYTES]));
                    offsets.put(new TopicPartition(in, record.partition()), new OffsetAndMetadata(record.offset() + 1));
                    done++;
                }
                producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata());
                producer.commitTransaction();
            }
            return records / ((System.nanoTime() - start) / 1e9);
        }
    }

    private KafkaProducer<byte[], byte[]> producer(Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>(more);
        config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
