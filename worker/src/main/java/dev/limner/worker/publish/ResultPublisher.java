package dev.limner.worker.publish;

import dev.failsafe.Failsafe;
import dev.failsafe.RetryPolicy;
import dev.limner.worker.fault.CrashPoint;
import dev.limner.worker.fault.DuplicateInstanceException;
import dev.limner.worker.intake.PartitionRef;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
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
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Results, dead letters and the offsets of their jobs in one transaction (KIP-98, KIP-447): a reader of committed
 * records sees all of it or nothing. One thread: the control thread, between polls.
 */
public final class ResultPublisher implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ResultPublisher.class);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(2);
    /** A worker that was stopped for longer than its transaction may last is fenced once; a twin fences it for ever. */
    private static final Duration TWIN_WITHIN = Duration.ofSeconds(30);

    /** Brokers may be away for a while; the group lets go of a member after five minutes without a poll. */
    private static final Duration RECONNECT_WITHIN = Duration.ofMinutes(4);

    private static final int LEAST_RECORD = 8 << 10;

    private final PublishSettings settings;
    private final Supplier<ConsumerGroupMetadata> group;
    private final Function<Set<PartitionRef>, Map<PartitionRef, OffsetAndMetadata>> committed;
    private final CrashPoint.Watch watch;
    private final RetryPolicy<Boolean> reconnects;
    private KafkaProducer<byte[], byte[]> producer;
    private int mostBytes;
    private @Nullable Long fencedNanos;

    /**
     * Connects, and ends what an earlier process of this name left open.
     *
     * @param group who the consumer is in its group
     * @param committed asks the broker for the group's offsets
     */
    public ResultPublisher(
            PublishSettings settings,
            Supplier<ConsumerGroupMetadata> group,
            Function<Set<PartitionRef>, Map<PartitionRef, OffsetAndMetadata>> committed,
            CrashPoint.Watch watch) {
        this.settings = settings;
        this.group = group;
        this.committed = committed;
        this.watch = watch;
        this.mostBytes = settings.mostBytes();
        this.reconnects = RetryPolicy.<Boolean>builder()
                .handle(RetriableException.class)
                .withBackoff(Duration.ofMillis(100), Duration.ofSeconds(5))
                .withMaxRetries(-1)
                .withMaxDuration(RECONNECT_WITHIN)
                .onRetry(event -> LOG.atWarn()
                        .addKeyValue("error", String.valueOf(event.getLastException()))
                        .log("brokers are away"))
                .build();
        this.producer = connect(settings);
    }

    private static KafkaProducer<byte[], byte[]> connect(PublishSettings settings) {
        Map<String, Object> config = new HashMap<>();
        config.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, settings.bootstrap());
        config.put(ProducerConfig.CLIENT_ID_CONFIG, settings.client());
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
        // Before the transaction begins: a record too large must not get into it.
        List<ProducerRecord<byte[], byte[]>> records = ready.publications().stream()
                .flatMap(publication -> Records.of(publication, settings, mostBytes).stream())
                .toList();
        try {
            producer.beginTransaction();
            // A failed send fails the commit below; there is nothing to do with the futures here.
            for (ProducerRecord<byte[], byte[]> record : records) {
                var unused = producer.send(record);
            }
            if (!watch.equals(CrashPoint.Watch.NONE)) {
                producer.flush();
                watch.reached(CrashPoint.AFTER_SEND);
            }
            producer.sendOffsetsToTransaction(offsets(ready), group.get());
            commit();
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
        watch.reached(CrashPoint.MID_COMMIT);
        try {
            producer.commitTransaction();
        } catch (TimeoutException e) {
            LOG.atWarn().addKeyValue("error", e.getMessage()).log("commit timed out, trying it again");
            producer.commitTransaction();
        }
    }

    private boolean abort(PendingTransaction ready, KafkaException failure) {
        LOG.atWarn().addKeyValue("error", failure.toString()).log("transaction aborted");
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof RecordTooLargeException) {
                // These brokers take less than they were thought to.
                mostBytes = Math.max(LEAST_RECORD, mostBytes / 2);
                LOG.atWarn().addKeyValue("mostBytes", mostBytes).log("a record was too large");
                break;
            }
        }
        try {
            producer.abortTransaction();
            return false;
        } catch (KafkaException e) {
            return recover(ready, e);
        }
    }

    /** Takes a new epoch, which ends the transaction in doubt, then asks how it ended. */
    private boolean recover(PendingTransaction ready, KafkaException failure) {
        if (failure instanceof ProducerFencedException || failure instanceof InvalidProducerEpochException) {
            long now = System.nanoTime();
            if (fencedNanos != null && now - fencedNanos < TWIN_WITHIN.toNanos()) {
                throw new DuplicateInstanceException(settings.transactionalId(), failure);
            }
            fencedNanos = now;
        }
        LOG.atWarn().addKeyValue("error", failure.toString()).log("producer replaced");
        boolean landed = Failsafe.with(reconnects).get(() -> {
            producer.close(Duration.ZERO);
            producer = connect(settings);
            return landed(ready);
        });
        LOG.atWarn().addKeyValue("landed", landed).log("transaction in doubt cleared up");
        return landed;
    }

    /**
     * All partitions of a transaction moved or none. One that is as it was sent, nonce and all, proves that they did; one
     * that is not may have been moved on by a new owner and says nothing.
     */
    private boolean landed(PendingTransaction ready) {
        return committed.apply(ready.commits().keySet()).entrySet().stream().anyMatch(found -> {
            PendingTransaction.Commit sent = ready.commits().get(found.getKey());
            return sent != null
                    && sent.offset() == found.getValue().offset()
                    && sent.metadata().equals(found.getValue().metadata());
        });
    }

    private static TopicPartition topicPartition(PartitionRef partition) {
        return new TopicPartition(partition.topic(), partition.number());
    }

    private static Map<TopicPartition, OffsetAndMetadata> offsets(PendingTransaction ready) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        ready.commits()
                .forEach((partition, commit) -> offsets.put(
                        topicPartition(partition), new OffsetAndMetadata(commit.offset(), commit.metadata())));
        return offsets;
    }

    @Override
    public void close() {
        producer.close(CLOSE_WITHIN);
    }
}
