package dev.limner.testkit.bench;

import dev.limner.kafka.CommittedReader;
import dev.limner.protocol.Job;
import dev.limner.protocol.JobCodec;
import dev.limner.protocol.Outcome;
import dev.limner.protocol.Result;
import dev.limner.protocol.ResultCodec;
import dev.limner.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Jobs that a warm fleet finds all at once: they are written in one transaction, which a worker cannot see before it is
 * committed. The clock runs from that commit to the last committed result. Results are decoded and checked only after
 * it has stopped, so that the benchmark takes as little as possible of the cores it measures.
 */
final class JobBacklog implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String jobsTopic;
    private final KafkaProducer<byte[], byte[]> producer;
    private final CommittedReader results;

    JobBacklog(String bootstrap, Topics topics) {
        this.jobsTopic = topics.jobs(Topics.Lane.STANDARD);
        this.producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                        "limner-bench",
                        ProducerConfig.LINGER_MS_CONFIG,
                        5),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer.initTransactions();
        this.results = CommittedReader.connect(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        ConsumerConfig.FETCH_MIN_BYTES_CONFIG,
                        64 << 10,
                        ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                        (int) POLL.toMillis()),
                PATIENCE);
        results.assignAtEnd(results.partitions(List.of(topics.results())));
    }

    /**
     * Lets the fleet generate jobs.
     *
     * @return seconds from the jobs' commit to the last job's committed result
     * @throws IllegalStateException if a job has no result, two, or one that is not its image
     */
    double run(List<Job> jobs) {
        long start = send(jobs);
        List<byte[]> values = new ArrayList<>(jobs.size());
        long last = start;
        while (values.size() < jobs.size()) {
            for (ConsumerRecord<byte[], byte[]> record : results.poll(POLL)) {
                values.add(record.value());
                last = System.nanoTime();
            }
            if (System.nanoTime() - last > PATIENCE.toNanos()) {
                throw new IllegalStateException("no result for " + PATIENCE.toSeconds() + " s; " + values.size()
                        + " of " + jobs.size() + " jobs have one");
            }
        }
        check(jobs, values);
        return (last - start) / 1e9;
    }

    /**
     * Writes jobs and waits for nothing.
     *
     * @return when they were about to be committed, by {@link System#nanoTime()}
     */
    long send(List<Job> jobs) {
        producer.beginTransaction();
        for (Job job : jobs) {
            // A failed send fails the commit.
            var unused = producer.send(
                    new ProducerRecord<>(jobsTopic, job.id().getBytes(StandardCharsets.UTF_8), JobCodec.encode(job)));
        }
        producer.flush();
        long start = System.nanoTime();
        producer.commitTransaction();
        return start;
    }

    private static void check(List<Job> jobs, List<byte[]> values) {
        Set<String> missing = new HashSet<>();
        jobs.forEach(job -> missing.add(job.id()));
        for (byte[] value : values) {
            Result result = ResultCodec.decode(value);
            if (!(result.outcome() instanceof Outcome.Completed)) {
                throw new IllegalStateException("job " + result.jobId() + " was not generated: " + result.outcome());
            }
            if (!missing.remove(result.jobId())) {
                throw new IllegalStateException("a result too many for job " + result.jobId());
            }
        }
    }

    @Override
    public void close() {
        producer.close();
        results.close();
    }
}
