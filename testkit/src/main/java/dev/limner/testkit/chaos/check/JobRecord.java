package dev.limner.testkit.chaos.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A job record as the log holds it. Its key says what ought to become of it: {@link JobExpectations}.
 *
 * @param origin {@code topic-partition@offset}
 * @param timestamp milliseconds since the epoch
 * @param nanos {@link System#nanoTime()} of its being seen
 */
record JobRecord(
        String origin,
        String topic,
        String key,
        byte @Nullable [] value,
        List<Header> headers,
        long timestamp,
        long nanos) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String REDRIVE = "limner-redrive";
    private static final String REDRIVE_ORIGIN = "limner-redrive-origin";

    static JobRecord of(ConsumerRecord<byte[], byte[]> record) {
        return new JobRecord(
                record.topic() + "-" + record.partition() + "@" + record.offset(),
                record.topic(),
                new String(record.key(), StandardCharsets.UTF_8),
                record.value(),
                List.of(record.headers().toArray()),
                record.timestamp(),
                System.nanoTime());
    }

    /** The key's beginning, without the dash. */
    String kind() {
        return key.substring(0, key.indexOf('-'));
    }

    /** The job; a missing node if nobody can read it. */
    JsonNode json() {
        if (value == null) {
            return JSON.missingNode();
        }
        try {
            return JSON.readTree(value);
        } catch (IOException e) {
            return JSON.missingNode();
        }
    }

    /** The last header of a name as text; null for none. */
    @Nullable
    String header(String name) {
        String found = null;
        for (Header header : headers) {
            if (header.key().equals(name)) {
                found = new String(header.value(), StandardCharsets.UTF_8);
            }
        }
        return found;
    }

    /** How often the job was sent again from the dead letters. */
    int redrive() {
        String written = header(REDRIVE);
        return written == null ? 0 : Integer.parseInt(written);
    }

    /** The id of a job that has none of its own. */
    String fallbackId() {
        String first = header(REDRIVE_ORIGIN);
        return (first == null ? origin : first).replace('@', '-');
    }

    /** The record's content, for comparing two of one partition. */
    String fingerprint() {
        return origin.substring(0, origin.indexOf('@')) + " "
                + (value == null ? "" : new String(value, StandardCharsets.UTF_8));
    }
}
