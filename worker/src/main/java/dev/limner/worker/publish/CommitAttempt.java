package dev.limner.worker.publish;

import dev.limner.worker.ledger.PendingTransaction;
import dev.limner.worker.lifecycle.CrashPoint;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One transaction: records, offsets, commit. Begins no step that might end after {@link PublishSettings#within()}. One
 * thread.
 */
final class CommitAttempt {
    private static final Logger LOG = LoggerFactory.getLogger(CommitAttempt.class);

    private final PublishSettings settings;
    private final ProducerConnection connection;
    private final CrashPoint.Watch watch;
    private final PendingTransaction ready;
    private final List<ProducerRecord<byte[], byte[]>> records;
    private final ConsumerGroupMetadata group;
    private final BooleanSupplier withdrawn;
    private final long lastStart;
    /** Topics that a record was too large for; the producer's thread adds to it. */
    private final Set<String> tooLarge = ConcurrentHashMap.newKeySet();

    private boolean asked;
    private boolean unanswered;

    /**
     * Its time begins now.
     *
     * @param records of what is ready
     * @param withdrawn asked after the brokers have taken the offsets and before the commit
     */
    CommitAttempt(
            PublishSettings settings,
            ProducerConnection connection,
            CrashPoint.Watch watch,
            PendingTransaction ready,
            List<ProducerRecord<byte[], byte[]>> records,
            ConsumerGroupMetadata group,
            BooleanSupplier withdrawn) {
        this.settings = settings;
        this.connection = connection;
        this.watch = watch;
        this.ready = ready;
        this.records = List.copyOf(records);
        this.group = group;
        this.withdrawn = withdrawn;
        this.lastStart =
                System.nanoTime() + settings.within().minus(connection.block()).toNanos();
    }

    /** @throws KafkaException if it is not committed, as far as is known */
    void run() {
        KafkaProducer<byte[], byte[]> connected = connection.connected();
        connected.beginTransaction();
        for (ProducerRecord<byte[], byte[]> record : records) {
            requireTime("sending");
            requireNoFailure(connected.send(record, (sent, failure) -> note(record, failure)));
        }
        if (watch.watching()) {
            connected.flush();
            watch.reached(CrashPoint.AFTER_SEND);
        }
        requireTime("committing");
        send(connected);
        requireTime("committing");
        if (withdrawn.getAsBoolean()) {
            // Offsets that the brokers took after a partition was given away must never be committed. The question
            // comes after their answer: whoever gives away says so first.
            throw new KafkaException("a partition was given away before the commit");
        }
        watch.reached(CrashPoint.MID_COMMIT);
        asked = true;
        try {
            connected.commitTransaction();
        } catch (TimeoutException e) {
            LOG.atWarn().addKeyValue("error", e.getMessage()).log("commit timed out, trying it again");
            requireTime("committing");
            connected.commitTransaction();
        }
    }

    private void send(KafkaProducer<byte[], byte[]> connected) {
        unanswered = true;
        try {
            connected.sendOffsetsToTransaction(GroupOffsets.offsets(ready), group);
        } catch (CommitFailedException e) {
            // The brokers' answer, after which the producer forgets the offsets.
            unanswered = false;
            throw e;
        }
        unanswered = false;
    }

    private void note(ProducerRecord<byte[], byte[]> record, @Nullable Exception failure) {
        if (failure instanceof RecordTooLargeException) {
            tooLarge.add(record.topic());
        }
    }

    private void requireTime(String doing) {
        if (!hasTime()) {
            throw new TimeoutException("given up while " + doing + ", limner.worker.publish.within is "
                    + settings.within().toMillis() + " ms");
        }
    }

    /** What cannot be sent at all is known at once; every further record of the kind would block as long again. */
    private static void requireNoFailure(Future<?> sent) {
        if (!sent.isDone()) {
            return;
        }
        try {
            var unused = sent.get();
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof KafkaException failure ? failure : new KafkaException(e.getCause());
        }
    }

    /** Whether a step that begins now ends in time. */
    boolean hasTime() {
        return System.nanoTime() <= lastStart;
    }

    /** Whether the brokers were asked to commit, so that only they know how it ended. */
    boolean asked() {
        return asked;
    }

    /**
     * Whether the brokers were sent offsets and have not answered. Kafka's producer keeps such offsets when it aborts the
     * transaction and sends them along with the next one's, in the name of whoever the consumer is by then: its next
     * transaction would commit work whose results were aborted. That producer must not begin another.
     */
    boolean offsetsUnanswered() {
        return unanswered;
    }

    PendingTransaction ready() {
        return ready;
    }

    /** Whether any record goes to a topic. */
    boolean isFor(String topic) {
        return records.stream().anyMatch(record -> record.topic().equals(topic));
    }

    /** Topics that a record was too large for, as far as the brokers have told. */
    Set<String> tooLarge() {
        return Set.copyOf(tooLarge);
    }
}
