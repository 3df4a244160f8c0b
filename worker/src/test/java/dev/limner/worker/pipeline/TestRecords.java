package dev.limner.worker.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.Outcome;
import dev.limner.protocol.Result;
import dev.limner.protocol.ResultCodec;
import dev.limner.protocol.Topics;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** What a producer and a reader do with the {@link TestCluster}. */
final class TestRecords {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private TestRecords() {}

    static void send(List<ProducerRecord<byte[], byte[]>> records) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", TestCluster.bootstrap()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            List<Future<?>> sent = new ArrayList<>();
            records.forEach(record -> sent.add(producer.send(record)));
            for (Future<?> acknowledged : sent) {
                acknowledged.get();
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Every committed record of a topic, once there are {@code atLeast}. */
    static List<ConsumerRecord<byte[], byte[]>> read(String topic, int atLeast) {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", TestCluster.bootstrap(), "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                    .map(info -> new TopicPartition(topic, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            boolean more = true;
            while ((records.size() < atLeast && System.nanoTime() < deadline) || more) {
                int before = records.size();
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
                more = records.size() > before;
            }
            assertThat(records).as("records of %s", topic).hasSizeGreaterThanOrEqualTo(atLeast);
            return records;
        }
    }

    static Map<String, Result> results(Topics topics, int atLeast) {
        Map<String, Result> byId = new LinkedHashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : read(topics.results(), atLeast)) {
            Result result = ResultCodec.decode(record.value());
            assertThat(byId.put(result.jobId(), result))
                    .as("second result of %s", result.jobId())
                    .isNull();
        }
        return byId;
    }

    static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }

    static ProducerRecord<byte[], byte[]> utf8Record(String topic, String value) {
        return new ProducerRecord<>(topic, utf8(value));
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static ErrorCode code(Result result) {
        return result.outcome() instanceof Outcome.Failed(var error)
                ? error.code()
                : ((Outcome.Rejected) result.outcome()).error().code();
    }

    static byte[] bytes(Outcome.ImageRef image) {
        try {
            return Files.readAllBytes(Path.of(URI.create(image.uri())));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
