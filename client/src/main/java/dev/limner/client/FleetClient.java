package dev.limner.client;

import dev.limner.kafka.CommittedReader;
import dev.limner.protocol.Cancellation;
import dev.limner.protocol.DecodedFeedback;
import dev.limner.protocol.Feedback;
import dev.limner.protocol.FeedbackCodec;
import dev.limner.protocol.Job;
import dev.limner.protocol.JobCodec;
import dev.limner.protocol.Result;
import dev.limner.protocol.ResultCodec;
import dev.limner.protocol.Topics;
import dev.limner.protocol.WorkerStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** What a producer of jobs and a reader of results does, with plain clients. */
public final class FleetClient {
    private static final int FEEDBACK_PATIENCE_MILLIS = 10_000;
    /** The longest that a reader waits for brokers that say nothing. */
    private static final Duration READ_WITHIN = Duration.ofMinutes(1);

    private final String bootstrap;
    private final Topics topics;

    /** @throws IllegalStateException if the brokers do not answer or the topics are not there */
    public FleetClient(String bootstrap, Topics topics) {
        this.bootstrap = bootstrap;
        this.topics = topics;
        Map<String, Object> config = Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 4_000,
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 6_000);
        try (Admin admin = Admin.create(config)) {
            if (!admin.listTopics().names().get().contains(topics.results())) {
                throw new IllegalStateException("there is no topic " + topics.results() + " on " + bootstrap
                        + "; 'limner up' creates the topics");
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("no Kafka broker answers at " + bootstrap + "; is 'limner up' running?", e);
        } catch (KafkaException e) {
            throw new IllegalStateException("no Kafka broker answers at " + bootstrap + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    public Topics topics() {
        return topics;
    }

    /** Sends jobs and returns when the broker has all of them. */
    public void send(List<Job> jobs, Topics.Lane lane) {
        try (Sender sender = sender()) {
            List<Future<RecordMetadata>> sent = new ArrayList<>(jobs.size());
            for (Job job : jobs) {
                sent.add(sender.send(job, lane));
            }
            for (Future<RecordMetadata> acknowledged : sent) {
                acknowledged.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException("a job was not taken by " + bootstrap + ": " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while sending", e);
        }
    }

    /** A connection for sending job after job. */
    public Sender sender() {
        return new Sender();
    }

    /** Sends jobs; safe from any thread. */
    public final class Sender implements AutoCloseable {
        private final KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap, ProducerConfig.LINGER_MS_CONFIG, 0),
                new ByteArraySerializer(),
                new ByteArraySerializer());

        public Future<RecordMetadata> send(Job job, Topics.Lane lane) {
            byte[] key = job.id().getBytes(StandardCharsets.UTF_8);
            return producer.send(new ProducerRecord<>(topics.jobs(lane), key, JobCodec.encode(job)));
        }

        /** Sends bytes as they are, without a key: for trying what is no job. */
        public Future<RecordMetadata> send(byte[] value, Topics.Lane lane) {
            return producer.send(new ProducerRecord<>(topics.jobs(lane), value));
        }

        @Override
        public void close() {
            producer.close();
        }
    }

    /** The result in a record of the results topic; empty for what somebody else put there. */
    public static Optional<Result> result(FleetRecord record) {
        try {
            return record.value() == null ? Optional.empty() : Optional.of(ResultCodec.decode(record.value()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The status in a record of the workers topic; empty for what is none: anybody may write to the topic, and a worker of another release may say more. */
    public static Optional<WorkerStatus> status(FleetRecord record) {
        byte[] value = record.value();
        if (value == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(WorkerStatus.decode(value));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** A reader of committed results that starts now, or with the oldest. */
    public Reader results(boolean fromStart) {
        return new Reader(List.of(topics.results()), fromStart);
    }

    /** A reader of every committed job, oldest first, and of every result. */
    public Reader everything() {
        List<String> all = new ArrayList<>(topics.allJobs());
        all.add(topics.results());
        return new Reader(all, true);
    }

    /** A reader of some topics from their oldest records on. */
    public Reader reader(List<String> topics) {
        return new Reader(topics, true);
    }

    /** A connection for what only an administrator asks; the caller closes it. */
    public FleetAdmin admin() {
        return new FleetAdmin(this);
    }

    /**
     * Says that jobs are not wanted any more; returns when the brokers have it.
     *
     * @throws IllegalStateException if they do not take it
     */
    public void cancel(List<String> jobIds, Cancellation cancellation) throws InterruptedException {
        byte[] value = cancellation.encode();
        produce(
                Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap),
                jobIds.stream()
                        .map(id -> new ProducerRecord<>(
                                topics.cancellations(), id.getBytes(StandardCharsets.UTF_8), value))
                        .toList(),
                "the cancellation was not taken: ");
    }

    /**
     * Sends feedback; returns when the brokers have it. What is said of one image stays in order.
     *
     * @param records feedback as it is written on the topic
     * @throws IllegalStateException if they do not take it
     */
    public static void sendFeedback(String bootstrap, Topics topics, List<byte[]> records) throws InterruptedException {
        produce(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        FEEDBACK_PATIENCE_MILLIS),
                records.stream()
                        .map(value -> new ProducerRecord<>(topics.feedback(), imageOf(value), value))
                        .toList(),
                "the feedback was not taken by " + bootstrap + ": ");
    }

    private static byte @Nullable [] imageOf(byte[] value) {
        return FeedbackCodec.decode(value, "any") instanceof DecodedFeedback.Valid(Feedback feedback)
                ? feedback.image().sha256().getBytes(StandardCharsets.US_ASCII)
                : null;
    }

    private static void produce(
            Map<String, Object> config, List<ProducerRecord<byte[], byte[]>> records, String otherwise)
            throws InterruptedException {
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>(records.size());
            records.forEach(record -> sent.add(producer.send(record)));
            for (Future<RecordMetadata> acknowledged : sent) {
                acknowledged.get();
            }
        } catch (ExecutionException e) {
            throw new IllegalStateException(otherwise + e.getCause(), e);
        }
    }

    public String bootstrap() {
        return bootstrap;
    }

    /** A reader of the workers' statuses that starts now. */
    public Reader workers() {
        return new Reader(List.of(topics.workers()), false);
    }

    /** Reads whole topics without a group; one thread. */
    public final class Reader implements AutoCloseable {
        private final CommittedReader reader;

        private Reader(List<String> read, boolean fromStart) {
            reader = CommittedReader.connect(
                    Map.of(
                            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                            bootstrap,
                            ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG,
                            50),
                    READ_WITHIN);
            List<TopicPartition> partitions = reader.partitions(read);
            if (fromStart) {
                var unused = reader.assign(partitions, Map.of());
            } else {
                reader.assignAtEnd(partitions);
            }
        }

        /** The next values, each with its topic; empty if none came in time. */
        public List<FleetRecord> poll(Duration timeout) {
            List<FleetRecord> records = new ArrayList<>();
            reader.poll(timeout).forEach(record -> records.add(FleetRecord.of(record)));
            return records;
        }

        /**
         * Gives every record that was committed when this was called, each partition's in order.
         *
         * @throws IllegalStateException if nothing comes for a minute
         */
        public void forEachUntilNow(Consumer<FleetRecord> taker) {
            try {
                reader.readTo(reader.ends(), READ_WITHIN, record -> taker.accept(FleetRecord.of(record)));
            } catch (TimeoutException e) {
                throw new IllegalStateException(
                        "the topics cannot be read from " + bootstrap + ": " + e.getMessage(), e);
            }
        }

        /** The next results. */
        public List<Result> pollResults(Duration timeout) {
            return poll(timeout).stream()
                    .flatMap(record -> result(record).stream())
                    .toList();
        }

        @Override
        public void close() {
            reader.close();
        }
    }
}
