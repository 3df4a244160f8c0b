package dev.limner.worker.publish;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * The producer of a worker's transactional id. Taking a new one ends what the one before it, or a killed process of this
 * name, left open. One thread.
 */
final class ProducerConnection {
    /** A worker that was stopped for longer than its transaction may last is fenced once; a twin fences it for ever. */
    private static final Duration TWIN_WITHIN = Duration.ofSeconds(30);

    private static final Duration LONGEST_BLOCK = Duration.ofSeconds(10);
    private static final int BLOCKS_PER_PUBLICATION = 4;

    private final PublishSettings settings;
    private final Duration block;
    private @Nullable KafkaProducer<byte[], byte[]> producer;
    private @Nullable Long fencedNanos;

    ProducerConnection(PublishSettings settings) {
        this.settings = settings;
        Duration share = settings.within().dividedBy(BLOCKS_PER_PUBLICATION);
        this.block = share.compareTo(LONGEST_BLOCK) < 0 ? share : LONGEST_BLOCK;
    }

    /** The longest that any call of the producer blocks. */
    Duration block() {
        return block;
    }

    /** The producer as it is; null if there is none. */
    @Nullable
    KafkaProducer<byte[], byte[]> current() {
        return producer;
    }

    /**
     * The producer, connected; what an earlier one of its name left open has ended.
     *
     * @throws KafkaException if it cannot be had
     */
    KafkaProducer<byte[], byte[]> connected() {
        KafkaProducer<byte[], byte[]> connected = producer;
        if (connected != null) {
            return connected;
        }
        KafkaProducer<byte[], byte[]> fresh =
                new KafkaProducer<>(configuration(), new ByteArraySerializer(), new ByteArraySerializer());
        try {
            fresh.initTransactions();
        } catch (RuntimeException e) {
            fresh.close(Duration.ZERO);
            throw e;
        }
        producer = fresh;
        return fresh;
    }

    private Map<String, Object> configuration() {
        Map<String, Object> config = new HashMap<>();
        config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrap());
        config.put(ProducerConfig.CLIENT_ID_CONFIG, settings.client());
        config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, settings.transactionalId());
        // Short limits: an open transaction of a dead worker hides every later result of its partitions.
        config.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 10_000);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 3_000);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 8_000);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, block.toMillis());
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 4 << 20);
        return config;
    }

    /** Whether a failure says that another producer of this name has taken over. */
    static boolean isFencing(KafkaException failure) {
        return failure instanceof ProducerFencedException || failure instanceof InvalidProducerEpochException;
    }

    /**
     * Notes a failure if it is of that kind.
     *
     * @throws DuplicateInstanceException if another worker of this name keeps fencing this one
     */
    void note(KafkaException failure) {
        if (!isFencing(failure)) {
            return;
        }
        long now = System.nanoTime();
        if (fencedNanos != null && now - fencedNanos < TWIN_WITHIN.toNanos()) {
            throw new DuplicateInstanceException(settings.transactionalId(), failure);
        }
        fencedNanos = now;
    }

    /** Lets go of the producer as it is; the next one of the name ends its transaction. */
    void discard() {
        close(Duration.ZERO);
    }

    void close(Duration within) {
        if (producer != null) {
            producer.close(within);
            producer = null;
        }
    }
}
