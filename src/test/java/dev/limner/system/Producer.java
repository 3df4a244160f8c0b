package dev.limner.system;

import dev.limner.protocol.Outcome;
import dev.limner.protocol.Result;
import dev.limner.protocol.ResultCodec;
import dev.limner.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What a user of the fleet does, with Kafka's own clients. */
final class Producer {
    private Producer() {}

    static void send(Topics topics, List<byte[]> values) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", TestBroker.bootstrap()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            List<Future<?>> sent = new ArrayList<>();
            for (byte[] value : values) {
                sent.add(producer.send(new ProducerRecord<>(topics.jobs(Topics.Lane.STANDARD), value)));
            }
            for (Future<?> acknowledged : sent) {
                acknowledged.get();
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] job(String id, String caption, long seed) {
        return ("{\"id\":\"" + id + "\",\"caption\":\"" + caption + "\",\"seed\":" + seed + "}")
                .getBytes(StandardCharsets.UTF_8);
    }

    /** Every committed record, once there are {@code atLeast} and no more come. */
    static List<ConsumerRecord<byte[], byte[]>> read(String topic, int atLeast, Duration patience) {
        return read(topic, atLeast, patience, true);
    }

    /** Returns as soon as there are {@code atLeast} committed records. */
    static void await(String topic, int atLeast, Duration patience) {
        if (read(topic, atLeast, patience, false).size() < atLeast) {
            throw new AssertionError("fewer than " + atLeast + " records on " + topic + " after " + patience);
        }
    }

    private static List<ConsumerRecord<byte[], byte[]>> read(
            String topic, int atLeast, Duration patience, boolean drain) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", TestBroker.bootstrap(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            long deadline = System.nanoTime() + patience.toNanos();
            boolean more = drain;
            while ((records.size() < atLeast && System.nanoTime() < deadline) || more) {
                int before = records.size();
                consumer.poll(Duration.ofMillis(drain ? 300 : 20)).forEach(records::add);
                more = drain && records.size() > before;
            }
            return records;
        }
    }

    /** Results by job id; fails on a second one for a job. */
    static Map<String, Result> results(Topics topics, int atLeast, Duration patience) {
        Map<String, Result> byId = new LinkedHashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : read(topics.results(), atLeast, patience)) {
            Result result = ResultCodec.decode(record.value());
            if (byId.put(result.jobId(), result) != null) {
                throw new AssertionError("a second result for " + result.jobId());
            }
        }
        return byId;
    }

    static Outcome.ImageRef onlyImage(Result result) {
        if (result.outcome() instanceof Outcome.Completed completed
                && completed.images().size() == 1) {
            return completed.images().get(0);
        }
        throw new AssertionError("not one image: " + result);
    }
}
