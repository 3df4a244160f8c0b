package dev.limner.worker.publish;

import dev.limner.worker.fault.DuplicateInstanceException;
import dev.limner.worker.intake.PartitionRef;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Results, dead letters and the offsets of their jobs in one transaction (KIP-98, KIP-447): a reader of committed
 * records sees all of it or nothing. One thread: the control thread, between polls.
 */
public final class ResultPublisher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ResultPublisher.class);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);

    private final PublishSettings settings;
    private final Supplier<ConsumerGroupMetadata> group;
    private final Function<Set<PartitionRef>, Map<PartitionRef, Long>> committed;
    private KafkaProducer<byte[], byte[]> producer;
    private int fencings;

    /**
     * Connects, and ends what an earlier process of this name left open.
     *
     * @param group who the consumer is in its group
     * @param committed asks the broker for the group's offsets
     */
    public ResultPublisher(
            PublishSettings settings,
            Supplier<ConsumerGroupMetadata> group,
            Function<Set<PartitionRef>, Map<PartitionRef, Long>> committed) {
        this.settings = settings;
        this.group = group;
        this.committed = committed;
        this.producer = connect(settings);
    }

    private static KafkaProducer<byte[], byte[]> connect(PublishSettings settings) {
        Map<String, Object> config = new HashMap<>();
        config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrap());
        config.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, settings.transactionalId());
        // Short limits: an open transaction of a dead worker hides every later result of its partitions.
        config.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 10_000);
        config.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 3_000);
        config.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 8_000);
        config.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 10_000);
        config.put(ProducerConfig.LINGER_MS_CONFIG, 0);
        config.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 4 << 20);
        KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
        try {
            producer.initTransactions();
            return producer;
        } catch (RuntimeException e) {
            producer.close(Duration.ZERO);
            throw e;
        }
    }

    /**
     * Publishes and commits.
     *
     * @return whether it is committed; if not, nothing of it is, and the caller builds it again after its next poll
     * @throws DuplicateInstanceException if another worker of this name keeps fencing this one
     */
    public boolean publish(PendingTransaction ready) {
        try {
            producer.beginTransaction();
            for (Publication publication : ready.publications()) {
                for (ProducerRecord<byte[], byte[]> record : Records.of(publication, settings)) {
                    // A failed send fails the commit below; there is nothing to do with the future here.
                    var unused = producer.send(record);
                }
            }
            producer.sendOffsetsToTransaction(offsets(ready), group.get());
            commit();
            fencings = 0;
            return true;
        } catch (ProducerFencedException | InvalidProducerEpochException e) {
            return recover(ready, e);
        } catch (TimeoutException e) {
            // It may still land: only the broker knows, and only once a new epoch has ended it either way.
            return recover(ready, e);
        } catch (KafkaException e) {
            return abort(ready, e);
        }
    }

    private void commit() {
        try {
            producer.commitTransaction();
        } catch (TimeoutException e) {
            LOG.atWarn().addKeyValue("error", e.getMessage()).log("commit timed out, trying it again");
            producer.commitTransaction();
        }
    }

    private boolean abort(PendingTransaction ready, KafkaException failure) {
        LOG.atWarn().addKeyValue("error", failure.toString()).log("transaction aborted");
        try {
            producer.abortTransaction();
            return false;
        } catch (KafkaException e) {
            return recover(ready, e);
        }
    }

    /** Takes a new epoch, which ends the transaction in doubt, then asks how it ended. */
    private boolean recover(PendingTransaction ready, KafkaException failure) {
        boolean fenced = failure instanceof ProducerFencedException || failure instanceof InvalidProducerEpochException;
        if (fenced && ++fencings >= 2) {
            throw new DuplicateInstanceException(settings.transactionalId(), failure);
        }
        LOG.atWarn().addKeyValue("error", failure.toString()).log("producer replaced");
        producer.close(Duration.ZERO);
        producer = connect(settings);
        Map<PartitionRef, Long> offsets = committed.apply(ready.offsets().keySet());
        // One transaction moved all of these offsets or none. All are asked, because a partition lost meanwhile
        // may have been moved on by its new owner, and says nothing about ours.
        return ready.offsets().entrySet().stream()
                .allMatch(entry -> offsets.getOrDefault(entry.getKey(), -1L) >= entry.getValue());
    }

    private static Map<TopicPartition, OffsetAndMetadata> offsets(PendingTransaction ready) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        ready.offsets()
                .forEach((partition, offset) -> offsets.put(
                        new TopicPartition(partition.topic(), partition.number()), new OffsetAndMetadata(offset)));
        return offsets;
    }

    @Override
    public void close() {
        producer.close(CLOSE_WITHIN);
    }
}
