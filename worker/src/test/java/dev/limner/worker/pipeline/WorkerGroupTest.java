package dev.limner.worker.pipeline;

import static dev.limner.worker.pipeline.TestRecords.read;
import static dev.limner.worker.pipeline.TestRecords.results;
import static dev.limner.worker.pipeline.TestRecords.send;
import static dev.limner.worker.pipeline.TestRecords.utf8Record;
import static org.assertj.core.api.Assertions.assertThat;

import dev.limner.protocol.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

/** Workers that share a group, and producers with transactions, against a real broker. */
class WorkerGroupTest extends WorkerFixture {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Test
    void shouldAnswerEveryRecordOnceWhileWorkersComeAndGo() {
        Topics topics = TestCluster.topics("storm");
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            records.add(utf8Record(
                    topics.jobs(Topics.Lane.STANDARD), "{\"id\":\"j-" + i + "\",\"caption\":\"dog " + i % 40 + "\"}"));
        }
        try (WorkerRuntime first = worker(topics, "first", engine)) {
            send(records.subList(0, 200));
            try (WorkerRuntime second = worker(topics, "second", secondEngine)) {
                send(records.subList(200, 400));
                read(topics.results(), 250);
                assertThat(second.failure()).isNull();
            }
            results(topics, 400);
            assertThat(first.failure()).isNull();
        }
        List<ConsumerRecord<byte[], byte[]>> all = read(topics.results(), 400);
        assertThat(all).hasSize(400);
        assertThat(results(topics, 400)).hasSize(400);
    }

    @Test
    void shouldSpreadEveryLaneOverAllWorkers() throws Exception {
        Topics topics = TestCluster.topics("spread");
        try (WorkerRuntime first = worker(topics, "first", engine);
                WorkerRuntime second = worker(topics, "second", secondEngine);
                Admin admin = Admin.create(Map.of("bootstrap.servers", TestCluster.bootstrap()))) {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            Map<String, Map<String, Long>> lanes = Map.of();
            while (System.nanoTime() < deadline && !spread(lanes)) {
                Thread.sleep(200);
                lanes = admin.describeConsumerGroups(List.of("spread-group")).all().get().values().stream()
                        .flatMap(group -> group.members().stream())
                        .collect(Collectors.toMap(
                                member -> member.clientId(),
                                member -> member.assignment().topicPartitions().stream()
                                        .collect(Collectors.groupingBy(TopicPartition::topic, Collectors.counting()))));
            }
            assertThat(spread(lanes)).as("%s", lanes).isTrue();
            assertThat(first.failure()).isNull();
            assertThat(second.failure()).isNull();
        }
    }

    /** Two workers, each with half of the four partitions of each of the three lanes. */
    private static boolean spread(Map<String, Map<String, Long>> lanes) {
        return lanes.size() == 2
                && lanes.values().stream()
                        .allMatch(lane ->
                                lane.size() == 3 && lane.values().stream().allMatch(count -> count == 2));
    }

    @Test
    void shouldReadOnlyJobsWhoseTransactionWasCommitted() {
        Topics topics = TestCluster.topics("aborted");
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", TestCluster.bootstrap(), "transactional.id", "producer-of-jobs"),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.initTransactions();
            for (int round = 0; round < 6; round++) {
                producer.beginTransaction();
                producer.send(utf8Record(
                        topics.jobs(Topics.Lane.STANDARD), "{\"id\":\"r-" + round + "\",\"caption\":\"a\"}"));
                if (round % 2 == 0) {
                    producer.commitTransaction();
                } else {
                    producer.abortTransaction();
                }
            }
        }
        try (WorkerRuntime worker = worker(topics, "w", engine)) {
            assertThat(results(topics, 3).keySet()).containsExactlyInAnyOrder("r-0", "r-2", "r-4");
            assertThat(worker.failure()).isNull();
        }
        // A restart finds nothing left to do behind the markers.
        try (WorkerRuntime worker = worker(topics, "w", engine)) {
            send(List.of(utf8Record(topics.jobs(Topics.Lane.STANDARD), "{\"id\":\"last\",\"caption\":\"a\"}")));
            assertThat(results(topics, 4)).hasSize(4).containsKey("last");
            assertThat(worker.failure()).isNull();
        }
    }
}
