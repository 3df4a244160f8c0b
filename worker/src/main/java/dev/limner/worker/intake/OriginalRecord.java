package dev.limner.worker.intake;

import dev.limner.protocol.RedriveHeaders;
import java.nio.charset.StandardCharsets;
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
        byte @Nullable [] key, byte @Nullable [] value, List<Header> headers, long timestamp, int sentBytes) {
    public OriginalRecord {
        headers = List.copyOf(headers);
    }

    /** A record with its whole value. */
    public OriginalRecord(byte @Nullable [] key, byte @Nullable [] value, List<Header> headers, long timestamp) {
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
        for (Header header : headers) {
            bytes += header.name().length() + length(header.value());
        }
        return bytes;
    }

    private static int length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    /** One header. */
    public record Header(String name, byte @Nullable [] value) {}

    /** How often the job was sent again from the dead letters; 0 for a job as its producer sent it. */
    public int redrive() {
        String written = header(RedriveHeaders.REDRIVE);
        return written != null && written.matches("[1-9][0-9]{0,5}") ? Integer.parseInt(written) : 0;
    }

    /** The last header of a name as text, as Kafka readers take it. */
    public @Nullable String header(String name) {
        String found = null;
        for (Header header : headers) {
            if (header.name().equals(name) && header.value() != null) {
                found = new String(header.value(), StandardCharsets.UTF_8);
            }
        }
        return found;
    }
}
