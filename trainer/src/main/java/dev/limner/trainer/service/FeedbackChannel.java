package dev.limner.trainer.service;

import dev.limner.protocol.RecordHeader;
import dev.limner.protocol.WorkerStatus;
import dev.limner.training.feedback.FeedbackRecord;
import dev.limner.training.replay.RecordPosition;
import io.smallrye.common.annotation.Blocking;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.record.TimestampType;
import org.eclipse.microprofile.reactive.messaging.Incoming;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The channels the trainer listens on. Feedback is acknowledged when it is in the database; what is delivered again
 * changes nothing. While the image store, the brokers or the disk are unavailable it waits: it is nobody's fault who sent it, and
 * the messaging library would close the channel for good.
 */
@ApplicationScoped
public class FeedbackChannel {
    private static final Logger LOG = LoggerFactory.getLogger(FeedbackChannel.class);

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final TrainerService service;

    FeedbackChannel(TrainerService service) {
        this.service = service;
    }

    @Incoming("feedback")
    @Blocking
    void feedback(ConsumerRecords<byte[], byte[]> records) throws InterruptedException {
        try {
            List<FeedbackRecord> taken = new ArrayList<>();
            records.forEach(record -> taken.add(record(record)));
            RetryUntilDone.until(
                    () -> service.take(taken), () -> service.runtime().isEmpty(), FIRST_PAUSE, LONGEST_PAUSE);
        } catch (Error e) {
            throw service.fatal(e);
        }
    }

    private static FeedbackRecord record(ConsumerRecord<byte[], byte[]> record) {
        List<RecordHeader> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            headers.add(new RecordHeader(header.key(), header.value()));
        }
        return new FeedbackRecord(
                new RecordPosition(record.topic(), record.partition(), record.offset()),
                record.key(),
                record.value(),
                headers,
                Instant.ofEpochMilli(record.timestamp()),
                record.timestampType() == TimestampType.LOG_APPEND_TIME
                        ? FeedbackRecord.Clock.BROKER
                        : FeedbackRecord.Clock.SENDER);
    }

    @Incoming("workers")
    @Blocking
    void workers(byte[] status) {
        try {
            WorkerStatus heard = WorkerStatus.decode(status);
            service.runtime().ifPresent(running -> running.watch().heard(heard));
        } catch (RuntimeException e) {
            // Anybody may write there, and what is thrown from here closes the channel for good.
            LOG.atDebug().addKeyValue("error", e.toString()).log("a worker's status cannot be read");
        } catch (Error e) {
            throw service.fatal(e);
        }
    }
}
