package dev.limner.worker.publish;

import dev.limner.protocol.CloudEvent;
import dev.limner.protocol.DeadLetterHeaders;
import dev.limner.protocol.Result;
import dev.limner.protocol.ResultCodec;
import dev.limner.worker.intake.Original;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Publications to Kafka records. Every record is bounded: one too large would make its transaction uncommittable. */
final class Records {
    static final int MOST_VALUE = 256 << 10;
    private static final int BEGINNING = 4 << 10;
    private static final int MOST_HEADER_BYTES = 256 << 10;
    private static final int MOST_KEY = 64 << 10;

    private Records() {}

    static List<ProducerRecord<byte[], byte[]>> of(Publication publication, PublishSettings settings) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(2);
        records.add(result(publication, settings));
        Publication.DeadLetter letter = publication.deadLetter();
        if (letter != null) {
            records.add(deadLetter(letter, settings));
        }
        return records;
    }

    private static ProducerRecord<byte[], byte[]> result(Publication publication, PublishSettings settings) {
        Result result = publication.result();
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(settings.resultsTopic(), utf8(result.jobId()), ResultCodec.encode(result));
        CloudEvent event = new CloudEvent(
                result.jobId(), "dev.limner.result." + result.outcome().status(), settings.source(), Instant.now());
        event.headers().forEach((name, value) -> record.headers().add(name, utf8(value)));
        String trace = publication.traceParent();
        if (trace != null) {
            record.headers().add(CloudEvent.TRACE_PARENT, utf8(trace));
        }
        return record;
    }

    private static ProducerRecord<byte[], byte[]> deadLetter(Publication.DeadLetter letter, PublishSettings settings) {
        Original original = letter.original();
        byte[] value = original.value();
        if (letter.objectUri() != null && value != null) {
            value = Arrays.copyOf(value, Math.min(BEGINNING, value.length));
        }
        byte[] key = original.key();
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                settings.deadLettersTopic(),
                key != null && key.length > MOST_KEY ? Arrays.copyOf(key, MOST_KEY) : key,
                value);
        int dropped = copyHeaders(original, record);
        header(record, DeadLetterHeaders.REASON, letter.reason());
        header(record, DeadLetterHeaders.ORIGIN, letter.origin());
        header(record, DeadLetterHeaders.ATTEMPTS, String.valueOf(letter.attempts()));
        header(record, DeadLetterHeaders.AT, Instant.now().toString());
        if (letter.objectUri() != null) {
            header(record, DeadLetterHeaders.OBJECT, letter.objectUri());
        }
        if (dropped > 0) {
            header(record, DeadLetterHeaders.DROPPED_HEADERS, String.valueOf(dropped));
        }
        return record;
    }

    /** Copies what is not forged and fits. */
    private static int copyHeaders(Original original, ProducerRecord<byte[], byte[]> record) {
        int room = MOST_HEADER_BYTES;
        int dropped = 0;
        for (Original.Header header : original.headers()) {
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
