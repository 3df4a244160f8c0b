package dev.limner.client;

import dev.limner.protocol.RecordHeader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A committed record of one of a fleet's topics. The arrays are not to be changed.
 *
 * @param timestamp milliseconds since the epoch, by the topic's {@code message.timestamp.type}
 */
public record FleetRecord(
        String topic,
        int partition,
        long offset,
        long timestamp,
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<RecordHeader> headers) {
    public FleetRecord {
        headers = List.copyOf(headers);
    }

    static FleetRecord of(ConsumerRecord<byte[], byte[]> record) {
        List<RecordHeader> headers = new ArrayList<>();
        record.headers().forEach(header -> headers.add(new RecordHeader(header.key(), header.value())));
        return new FleetRecord(
                record.topic(),
                record.partition(),
                record.offset(),
                record.timestamp(),
                record.key(),
                record.value(),
                headers);
    }

    /** Where it is, {@code topic-partition@offset}. */
    public String place() {
        return topic + "-" + partition + "@" + offset;
    }

    /** The last header of a name that has a value, as text; empty if there is none. */
    public Optional<String> header(String name) {
        return RecordHeader.last(headers, name);
    }
}
