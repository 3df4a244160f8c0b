package dev.limner.trainer.registry;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to tune a model, which the trainer that started last has: it opens the transactional id of the model's trainer,
 * and that ends the right of the one before it (KIP-98). Who has it stands in the metadata of an offset that nobody reads,
 * committed in a transaction of that id, so that the one that lost can say to whom.
 *
 * <p>Nothing is ever taken back: a trainer that lost the right keeps quiet until it is started anew. Safe from any thread.
 */
public final class TrainerLease implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TrainerLease.class);
    private static final Duration WITHIN = Duration.ofSeconds(20);
    private static final int CLAIMS = 5;
    private static final char SEPARATOR = ' ';

    private final String bootstrap;
    private final String id;
    private final TopicPartition place;
    private final String claim;
    private @Nullable KafkaProducer<byte[], byte[]> producer;
    private @Nullable ConsumerGroupMetadata group;
    private volatile @Nullable String successor;
    private boolean closed;

    /**
     * Takes the right from whoever has it.
     *
     * @param modelsTopic of the fleet
     * @param holder who this is, for the one that loses it
     * @throws KafkaException if the brokers do not answer
     */
    public TrainerLease(String bootstrap, String modelsTopic, String model, String holder) {
        this.bootstrap = bootstrap;
        this.id = modelsTopic + "-" + model + "-trainer";
        this.place = new TopicPartition(modelsTopic, 0);
        this.claim = UUID.randomUUID().toString() + SEPARATOR + holder;
        for (int claims = 1; ; claims++) {
            try {
                open();
                return;
            } catch (KafkaException e) {
                // The one before may have thought for a moment that this was a mishap.
                drop();
                if (claims == CLAIMS) {
                    throw e;
                }
                LOG.atInfo().addKeyValue("error", e.toString()).log("the right to tune is claimed once more");
            }
        }
    }

    private void open() {
        KafkaProducer<byte[], byte[]> opened = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                        id,
                        ProducerConfig.TRANSACTION_TIMEOUT_CONFIG,
                        10_000,
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        (int) WITHIN.toMillis()),
                new ByteArraySerializer(),
                new ByteArraySerializer());
        producer = opened;
        opened.initTransactions();
        try (KafkaConsumer<byte[], byte[]> reader = reader()) {
            group = reader.groupMetadata();
        }
        write(opened);
    }

    /** One that belongs to the group and takes part in nothing. */
    private KafkaConsumer<byte[], byte[]> reader() {
        return new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrap,
                        ConsumerConfig.GROUP_ID_CONFIG,
                        id,
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        false,
                        ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                        (int) WITHIN.toMillis()),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    private void write(KafkaProducer<byte[], byte[]> by) {
        by.beginTransaction();
        by.sendOffsetsToTransaction(Map.of(place, new OffsetAndMetadata(0, claim)), Objects.requireNonNull(group));
        by.commitTransaction();
    }

    /**
     * Asks the brokers whether this trainer still has the right. What cannot be found out changes nothing.
     *
     * @return whether it has, as far as is known
     */
    public synchronized boolean check() {
        if (successor != null || closed) {
            return false;
        }
        try {
            KafkaProducer<byte[], byte[]> current = producer;
            if (current == null) {
                // The last look failed half way.
                lookUp();
            } else {
                write(current);
            }
        } catch (KafkaException | IllegalStateException e) {
            LOG.atDebug().addKeyValue("error", e.toString()).log("the right to tune is looked up");
            lookUp();
        }
        return successor == null;
    }

    /** A producer that failed is no use any more. If nobody else has made a claim, a new one takes its place. */
    private void lookUp() {
        try {
            Optional<String> found = claimed();
            if (found.isPresent() && !found.get().equals(claim)) {
                String other = found.get().substring(found.get().indexOf(SEPARATOR) + 1);
                successor = other;
                LOG.atError()
                        .addKeyValue("trainer", other)
                        .log("another trainer of this model was started: this one tunes and releases nothing any more");
                drop();
            } else {
                drop();
                open();
            }
        } catch (KafkaException | IllegalStateException e) {
            LOG.atWarn()
                    .addKeyValue("error", e.toString())
                    .log("it cannot be told whether this trainer may still tune");
        }
    }

    private Optional<String> claimed() {
        try (KafkaConsumer<byte[], byte[]> reader = reader()) {
            return Optional.ofNullable(reader.committed(Set.of(place)).get(place))
                    .map(OffsetAndMetadata::metadata);
        }
    }

    /** Who has the right instead, as far as is known; asks nobody. */
    public Optional<String> successor() {
        return Optional.ofNullable(successor);
    }

    /**
     * Returns only if this trainer may release what it tuned.
     *
     * @throws Lost naming who may instead
     */
    public void require() {
        check();
        String other = successor;
        if (other != null) {
            throw new Lost(other);
        }
    }

    /** Another trainer has the right. */
    public static final class Lost extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        Lost(String other) {
            super("another trainer of this model was started, " + other + ": this one tunes nothing any more");
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        drop();
    }

    private void drop() {
        KafkaProducer<byte[], byte[]> current = producer;
        producer = null;
        if (current != null) {
            current.close(Duration.ZERO);
        }
    }
}
