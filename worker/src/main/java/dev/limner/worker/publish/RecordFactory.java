package dev.limner.worker.publish;

import dev.limner.protocol.CloudEvent;
import dev.limner.protocol.DeadLetterHeaders;
import dev.limner.protocol.ErrorCode;
import dev.limner.protocol.Outcome;
import dev.limner.protocol.RecordError;
import dev.limner.protocol.Result;
import dev.limner.protocol.ResultCodec;
import dev.limner.worker.intake.OriginalRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Publications to Kafka records. Every record is bounded: one too large would make its transaction uncommittable. */
final class RecordFactory {
    private static final int BEGINNING = 4 << 10;
    private static final int MOST_HEADER_BYTES = 256 << 10;
    private static final int MOST_KEY = 64 << 10;
    /** What Kafka adds to a record and to its batch, generously. */
    private static final int OVERHEAD = 512;

    private RecordFactory() {}

    /**
     * The records of a publication: its result and, where there is one, its dead letter.
     *
     * @param mostBytes of a result that the brokers take
     * @param mostLetter of a dead letter
     */
    static List<ProducerRecord<byte[], byte[]>> of(
            Publication publication, PublishSettings settings, int mostBytes, int mostLetter) {
        Result result = publication.result();
        Publication.DeadLetter letter = publication.deadLetter();
        ProducerRecord<byte[], byte[]> answer = result(result, publication.traceParent(), settings);
        if (size(answer) > mostBytes) {
            RecordError error = RecordError.ofRecord(
                    ErrorCode.TOO_LARGE, "the result has " + size(answer) + " bytes, the brokers take " + mostBytes);
            answer = result(result.without(new Outcome.Failed(error)), publication.traceParent(), settings);
            letter = new Publication.DeadLetter(
                    error.code().wireName() + ": " + error.message(), result.attempts(), null);
        }
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(2);
        records.add(answer);
        if (letter != null) {
            records.add(deadLetter(publication, letter, settings, mostLetter));
        }
        return records;
    }

    /** Whether {@link #of} gives a dead letter. */
    static boolean needsLetter(Publication publication, PublishSettings settings, int mostBytes) {
        return publication.deadLetter() != null
                || size(result(publication.result(), publication.traceParent(), settings)) > mostBytes;
    }

    private static ProducerRecord<byte[], byte[]> result(
            Result result, @Nullable String trace, PublishSettings settings) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(settings.resultsTopic(), utf8(result.jobId()), ResultCodec.encode(result));
        CloudEvent event = new CloudEvent(
                result.jobId(),
                "dev.limner.result." + result.outcome().status(),
                settings.source(),
                settings.clock().instant());
        event.headers().forEach((name, value) -> record.headers().add(name, utf8(value)));
        if (trace != null) {
            record.headers().add(CloudEvent.TRACE_PARENT, utf8(trace));
        }
        return record;
    }

    private static ProducerRecord<byte[], byte[]> deadLetter(
            Publication publication, Publication.DeadLetter letter, PublishSettings settings, int mostBytes) {
        OriginalRecord original = publication.original();
        byte[] value = original.value();
        if (letter.objectUri() != null && value != null) {
            value = Arrays.copyOf(value, Math.min(BEGINNING, value.length));
        }
        ProducerRecord<byte[], byte[]> record =
                letter(publication, letter, settings, value, MOST_KEY, MOST_HEADER_BYTES);
        if (size(record) > mostBytes) {
            // Brokers that take less than the job topics do: what identifies the record is kept.
            byte[] cut = value == null ? null : Arrays.copyOf(value, Math.min(BEGINNING, value.length));
            return letter(publication, letter, settings, cut, BEGINNING, 0);
        }
        return record;
    }

    private static ProducerRecord<byte[], byte[]> letter(
            Publication publication,
            Publication.DeadLetter letter,
            PublishSettings settings,
            byte @Nullable [] value,
            int mostKey,
            int mostHeaders) {
        OriginalRecord original = publication.original();
        byte[] key = original.key();
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                settings.deadLettersTopic(),
                key != null && key.length > mostKey ? Arrays.copyOf(key, mostKey) : key,
                value);
        int dropped = copyHeaders(original, record, mostHeaders);
        header(record, DeadLetterHeaders.REASON, letter.reason());
        header(record, DeadLetterHeaders.ORIGIN, publication.origin());
        header(record, DeadLetterHeaders.ATTEMPTS, String.valueOf(letter.attempts()));
        header(record, DeadLetterHeaders.AT, settings.clock().instant().toString());
        if (length(value) < original.sentBytes()) {
            header(record, DeadLetterHeaders.CUT_FROM, String.valueOf(original.sentBytes()));
        }
        if (letter.objectUri() != null) {
            header(record, DeadLetterHeaders.OBJECT, letter.objectUri());
        }
        if (original.redrive() > 0) {
            header(record, DeadLetterHeaders.REDRIVE, String.valueOf(original.redrive()));
            String origin = original.header(DeadLetterHeaders.REDRIVE_ORIGIN);
            header(record, DeadLetterHeaders.REDRIVE_ORIGIN, origin == null ? publication.origin() : origin);
        }
        if (dropped > 0) {
            header(record, DeadLetterHeaders.DROPPED_HEADERS, String.valueOf(dropped));
        }
        return record;
    }

    private static int size(ProducerRecord<byte[], byte[]> record) {
        int size = OVERHEAD + length(record.key()) + length(record.value());
        for (Header header : record.headers()) {
            size += 16 + 3 * header.key().length() + length(header.value());
        }
        return size;
    }

    private static int length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }

    /** Copies what is not forged and fits. */
    private static int copyHeaders(OriginalRecord original, ProducerRecord<byte[], byte[]> record, int most) {
        int room = most;
        int dropped = 0;
        for (OriginalRecord.Header header : original.headers()) {
            byte[] value = header.value();
            int size = 16 + 3 * header.name().length() + (value == null ? 0 : value.length);
            if (header.name().startsWith(DeadLetterHeaders.PREFIX) || size > room) {
                dropped++;
            } else {
                room -= size;
                record.headers().add(header.name(), value);
            }
        }
        return dropped;
    }

    private static void header(ProducerRecord<byte[], byte[]> record, String name, String value) {
        record.headers().add(name, utf8(value));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
