package dev.limner.client.registry;

import dev.failsafe.Failsafe;
import dev.failsafe.RetryPolicy;
import dev.limner.kafka.CommittedReader;
import dev.limner.kafka.WrittenEnds;
import dev.limner.protocol.CloudEvent;
import dev.limner.protocol.ModelRecord;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models topic, read and changed as one thing: whoever changes a model's record sees the last one first, and of two
 * who do at once the second sees the first one's. That is what fencing gives (KIP-98): every change opens the transactional
 * id of the model, which ends the other's right to write. Safe from any thread; not for many changes a second.
 */
public final class ModelTopic {
    private static final Logger LOG = LoggerFactory.getLogger(ModelTopic.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Patience PATIENCE = new Patience(Duration.ofSeconds(15), Duration.ofSeconds(30));

    private static final int TRANSACTION_MILLIS = 10_000;
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(20);
    private static final RetryPolicy<Object> AGAIN = RetryPolicy.builder()
            .handleIf(ModelTopic::mayStartOver)
            .withMaxAttempts(10)
            .withBackoff(Duration.ofMillis(100), Duration.ofSeconds(2))
            // Of several who change the same model at once, each one that starts ends the others' turn.
            .withJitter(0.5)
            .onRetry(tried -> LOG.atInfo()
                    .addKeyValue("attempt", tried.getAttemptCount())
                    .addKeyValue("error", tried.getLastException())
                    .log("the change of a model starts over"))
            .build();

    private final String bootstrap;
    private final String topic;
    private final String source;
    private final @Nullable Predicate<byte[]> trust;
    private final Patience patience;

    /**
     * How long a reader waits.
     *
     * @param decided for what is written and not shown; longer than {@link #TRANSACTION_MILLIS}, by which time what a
     *     command left open is decided. Then it reads up to what is still open
     * @param read for the end; then the topic counts as one that cannot be read
     */
    record Patience(Duration decided, Duration read) {}

    /** @param source who says so: {@code ce_source} */
    public ModelTopic(String bootstrap, String topic, String source) {
        this(bootstrap, topic, source, null, PATIENCE);
    }

    private ModelTopic(
            String bootstrap, String topic, String source, @Nullable Predicate<byte[]> trust, Patience patience) {
        this.bootstrap = bootstrap;
        this.topic = topic;
        this.source = source;
        this.trust = trust;
        this.patience = patience;
    }

    ModelTopic waiting(Patience other) {
        return new ModelTopic(bootstrap, topic, source, trust, other);
    }

    /**
     * The same topic, read by somebody who does not believe everything there: of the records that pass, the one of the
     * greatest revision counts. A model all of whose records fail cannot be read or changed.
     *
     * @param believed asked with a record's bytes as they came
     */
    public ModelTopic trusting(Predicate<byte[]> believed) {
        return new ModelTopic(bootstrap, topic, source, believed, patience);
    }

    /**
     * The last record of every model, with every change that was made before: one is returned from when the brokers have
     * decided it, which is a moment before its record is shown, so this waits for what is written and not shown yet.
     */
    public Map<String, ModelRecord> all() {
        return look().records();
    }

    /** @param doubted models of which there are records that are not believed */
    private record Found(Map<String, ModelRecord> records, Set<String> doubted) {}

    private Found look() {
        try (CommittedReader reader =
                CommittedReader.connect(Map.of(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap), ANSWER_WITHIN)) {
            List<TopicPartition> partitions = reader.partitions(List.of(topic));
            var unused = reader.assign(partitions, Map.of());
            Map<TopicPartition, Long> written = written(partitions);
            Map<TopicPartition, Long> shown = reader.ends();
            Found found = new Found(new HashMap<>(), new HashSet<>());
            long begun = System.nanoTime();
            while (!reader.passed(written)) {
                long waited = System.nanoTime() - begun;
                if (waited > patience.decided().toNanos() && reader.passed(shown)) {
                    LOG.atWarn().addKeyValue("topic", topic).log("somebody's transaction is still open: read up to it");
                    break;
                }
                if (waited > patience.read().toNanos()) {
                    throw new IllegalStateException("the topic " + topic + " on " + bootstrap
                            + " cannot be read to its end in " + patience.read().toSeconds() + " s");
                }
                reader.poll(POLL).forEach(record -> take(record.key(), record.value(), found));
            }
            return found;
        }
    }

    private Map<TopicPartition, Long> written(List<TopicPartition> partitions) {
        try {
            return WrittenEnds.of(
                    partitions,
                    Map.of(
                            AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                            bootstrap,
                            AdminClientConfig.CLIENT_ID_CONFIG,
                            "limner-models"),
                    ANSWER_WITHIN);
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            throw new KafkaException("the end of the topic " + topic + " on " + bootstrap + " cannot be read", e);
        }
    }

    private void take(byte[] key, byte[] value, Found found) {
        if (key == null) {
            return;
        }
        String model = new String(key, StandardCharsets.UTF_8);
        Predicate<byte[]> believed = trust;
        if (value == null) {
            if (believed == null) {
                found.records().remove(model);
            }
            return;
        }
        try {
            ModelRecord record = ModelRecord.decode(value);
            if (believed == null) {
                found.records().put(model, record);
            } else if (believed.test(value)) {
                found.records().merge(model, record, (one, other) -> other.revision() >= one.revision() ? other : one);
            } else {
                found.doubted().add(model);
            }
        } catch (IllegalArgumentException e) {
            LOG.atError()
                    .addKeyValue("model", model)
                    .addKeyValue("error", e.getMessage())
                    .log("model record passed over");
        }
    }

    /**
     * The last record of a model; empty if it has none.
     *
     * @throws IllegalStateException if it has records and none is believed
     */
    public Optional<ModelRecord> read(String model) {
        Found found = look();
        ModelRecord record = found.records().get(model);
        if (record == null && found.doubted().contains(model)) {
            throw new IllegalStateException("no record of '" + model + "' on " + topic
                    + " is signed with the key given; 'limner models sign --key FILE' signs the last one");
        }
        return Optional.ofNullable(record);
    }

    /**
     * Changes a model's record.
     *
     * @param change from the last record, empty for none, to the next; empty leaves things as they are. May be asked more
     *     than once
     * @return the record as it is now; empty if there was none and none was made
     * @throws KafkaException if the brokers do not take it
     */
    public Optional<ModelRecord> update(String model, Function<Optional<ModelRecord>, Optional<ModelRecord>> change) {
        return Failsafe.with(AGAIN).get(() -> once(model, change));
    }

    /**
     * Somebody else began a change at the same time, or the brokers were not yet done with the one before (KIP-890 has them
     * refuse what they cannot attribute to a transaction). Starting over reads first, so that nothing is done twice.
     */
    private static boolean mayStartOver(Throwable e) {
        return Stream.of(e, e.getCause())
                .anyMatch(cause -> cause instanceof ProducerFencedException
                        || cause instanceof InvalidProducerEpochException
                        || cause instanceof InvalidTxnStateException
                        || cause instanceof TransactionAbortableException);
    }

    private Optional<ModelRecord> once(String model, Function<Optional<ModelRecord>, Optional<ModelRecord>> change) {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                        topic + "-" + model,
                        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                        TRANSACTION_MILLIS,
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        20_000),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            producer.initTransactions();
            Optional<ModelRecord> before = read(model);
            Optional<ModelRecord> after = change.apply(before);
            if (after.isEmpty()) {
                return before;
            }
            long least = before.map(ModelRecord::revision).orElse(0L) + 1;
            if (after.get().revision() < least) {
                throw new IllegalStateException("the next revision of " + model + " is at least " + least + ", not "
                        + after.get().revision());
            }
            producer.beginTransaction();
            ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                    topic, model.getBytes(StandardCharsets.UTF_8), after.get().encode());
            new CloudEvent(model + "-" + after.get().revision(), "dev.limner.model", source, Instant.now())
                    .headers()
                    .forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
            var unused = producer.send(record);
            producer.commitTransaction();
            return after;
        }
    }
}
