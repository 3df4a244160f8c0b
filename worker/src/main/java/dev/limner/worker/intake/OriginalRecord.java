package dev.limner.worker.intake;

import dev.limner.protocol.RecordHeader;
import dev.limner.protocol.RedriveHeaders;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record as its producer sent it, kept for a dead letter. The arrays are not to be changed.
 *
 * @param timestamp milliseconds since the epoch
 * @param sentBytes how long the value was as it was sent; more than it is here if only its beginning is kept
 */
public record OriginalRecord(
        byte @Nullable [] key, byte @Nullable [] value, List<RecordHeader> headers, long timestamp, int sentBytes) {
    public OriginalRecord {
        headers = List.copyOf(headers);
    }

    /** A record with its whole value. */
    public OriginalRecord(byte @Nullable [] key, byte @Nullable [] value, List<RecordHeader> headers, long timestamp) {
        this(key, value, headers, timestamp, value == null ? 0 : value.length);
    }

    /** The record with at most so many bytes of its value. */
    public OriginalRecord beginning(int most) {
        byte[] whole = value;
        return whole == null || whole.length <= most
                ? this
                : new OriginalRecord(key, Arrays.copyOf(whole, most), headers, timestamp, sentBytes);
    }

    /** How much it holds: key, value and headers. */
    public long bytes() {
        long bytes = (long) length(key) + length(value);
        for (RecordHeader header : headers) {
            bytes += header.name().length() + length(header.value());
        }
        return bytes;
    }

    private static int length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    /** How often the job was sent again from the dead letters; 0 for a job as its producer sent it. */
    public int redrive() {
        return RedriveHeaders.count(headers);
    }

    /** The last header of a name as text, as Kafka readers take it. */
    public @Nullable String header(String name) {
        return RecordHeader.last(headers, name).orElse(null);
    }
}
