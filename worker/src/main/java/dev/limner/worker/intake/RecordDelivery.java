package dev.limner.worker.intake;

import dev.limner.protocol.Decoded;
import dev.limner.protocol.JobCodec;
import dev.limner.protocol.RecordHeader;
import dev.limner.protocol.RedriveHeaders;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * A record delivered by the broker, decoded.
 *
 * @param receivedNanos {@link System#nanoTime()} of its arrival
 */
public record RecordDelivery(RecordRef ref, OriginalRecord original, Decoded decoded, long receivedNanos) {
    static RecordDelivery of(ConsumerRecord<byte[], byte[]> record, JobSource.Owned owned, long now) {
        RecordRef ref = new RecordRef(
                new PartitionRef(record.topic(), record.partition()),
                record.offset(),
                owned.ownership(),
                owned.topicId());
        List<RecordHeader> headers = new ArrayList<>();
        record.headers().forEach(header -> headers.add(new RecordHeader(header.key(), header.value())));
        OriginalRecord original = new OriginalRecord(record.key(), record.value(), headers, record.timestamp());
        // A job without an id keeps the one it got where it came in first, however often it is sent again.
        String origin = original.redrive() == 0 ? null : original.header(RedriveHeaders.ORIGIN);
        String id = origin != null && RecordRef.isOrigin(origin) ? origin.replace('@', '-') : ref.fallbackId();
        return new RecordDelivery(ref, original, JobCodec.decode(record.value(), id), now);
    }
}
