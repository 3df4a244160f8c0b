package dev.limner.protocol;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter: a record that could not be used, with why, in headers of {@link DeadLetterHeaders}. Whoever writes one makes
 * it here, so that all of them are bounded and told apart in the same way. The arrays are not to be changed.
 */
public record DeadLetter(byte @Nullable [] key, byte @Nullable [] value, List<RecordHeader> headers) {
    /** So much of a value is in the letter if the whole of it is elsewhere. */
    public static final int BEGINNING = 4 << 10;

    /** So much of a key is kept. */
    public static final int MOST_KEY_BYTES = 64 << 10;

    /** So much of the original's headers is kept, by {@link RecordHeader#bytes()}; those that do not fit are left out. */
    public static final int MOST_HEADER_BYTES = 256 << 10;

    public DeadLetter {
        headers = List.copyOf(headers);
    }

    /**
     * What could not be used.
     *
     * @param sentBytes how long the value was as it was sent
     * @param place where it was, {@code topic-partition@offset}
     */
    public record Original(
            byte @Nullable [] key, byte @Nullable [] value, int sentBytes, List<RecordHeader> headers, String place) {
        public Original {
            headers = List.copyOf(headers);
        }

        /** The same as the constructor, whose nullable parameters NullAway cannot read from a class file. */
        public static Original of(
                byte @Nullable [] key,
                byte @Nullable [] value,
                int sentBytes,
                List<RecordHeader> headers,
                String place) {
            return new Original(key, value, sentBytes, headers, place);
        }
    }

    /**
     * Why.
     *
     * @param reason the error's code, a colon and its message
     * @param attempts how often it was tried
     * @param objectUri where the whole value is kept; null if it is in the letter, or nowhere
     */
    public record Cause(
            String reason,
            int attempts,
            Instant at,
            @Nullable String objectUri) {}

    /** The letter with all of the original that the bounds allow; of a value that is kept elsewhere the beginning. */
    public static DeadLetter of(Original original, Cause cause) {
        return of(original, cause, MOST_HEADER_BYTES);
    }

    /** The same with a smaller bound for the original's headers. */
    public static DeadLetter of(Original original, Cause cause, int mostHeaderBytes) {
        byte[] value = cause.objectUri == null ? original.value : beginning(original.value, BEGINNING);
        return of(original, cause, value, MOST_KEY_BYTES, mostHeaderBytes);
    }

    /** The letter with what identifies the original and no more, for brokers that take less than the job topics do. */
    public static DeadLetter smallest(Original original, Cause cause) {
        return of(original, cause, beginning(original.value, BEGINNING), BEGINNING, 0);
    }

    private static DeadLetter of(
            Original original, Cause cause, byte @Nullable [] value, int mostKey, int mostHeaders) {
        List<RecordHeader> headers = new ArrayList<>();
        int room = mostHeaders;
        int dropped = 0;
        for (RecordHeader header : original.headers) {
            if (header.name().startsWith(DeadLetterHeaders.PREFIX) || header.bytes() > room) {
                dropped++;
            } else {
                room -= header.bytes();
                headers.add(header);
            }
        }
        headers.add(RecordHeader.of(DeadLetterHeaders.REASON, cause.reason));
        headers.add(RecordHeader.of(DeadLetterHeaders.ORIGIN, original.place));
        headers.add(RecordHeader.of(DeadLetterHeaders.ATTEMPTS, String.valueOf(cause.attempts)));
        headers.add(RecordHeader.of(DeadLetterHeaders.AT, cause.at.toString()));
        if ((value == null ? 0 : value.length) < original.sentBytes) {
            headers.add(RecordHeader.of(DeadLetterHeaders.CUT_FROM, String.valueOf(original.sentBytes)));
        }
        if (cause.objectUri != null) {
            headers.add(RecordHeader.of(DeadLetterHeaders.OBJECT, cause.objectUri));
        }
        int redrive = RedriveHeaders.count(original.headers);
        if (redrive > 0) {
            headers.add(RecordHeader.of(DeadLetterHeaders.REDRIVE, String.valueOf(redrive)));
            String first = RecordHeader.last(original.headers, DeadLetterHeaders.REDRIVE_ORIGIN)
                    .orElse(original.place);
            headers.add(RecordHeader.of(DeadLetterHeaders.REDRIVE_ORIGIN, first));
        }
        if (dropped > 0) {
            headers.add(RecordHeader.of(DeadLetterHeaders.DROPPED_HEADERS, String.valueOf(dropped)));
        }
        return new DeadLetter(beginning(original.key, mostKey), value, headers);
    }

    private static byte @Nullable [] beginning(byte @Nullable [] bytes, int most) {
        return bytes == null || bytes.length <= most ? bytes : Arrays.copyOf(bytes, most);
    }
}
