package dev.limner.worker.intake;

import dev.limner.protocol.RedriveHeaders;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record as its producer sent it, kept for a dead letter. The arrays are not to be changed.
 *
 * @param timestamp milliseconds since the epoch
 */
public record Original(byte @Nullable [] key, byte @Nullable [] value, List<Header> headers, long timestamp) {
    public Original {
        headers = List.copyOf(headers);
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
