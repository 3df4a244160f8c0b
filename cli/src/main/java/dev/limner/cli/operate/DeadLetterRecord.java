package dev.limner.cli.operate;

import dev.limner.protocol.DeadLetterHeaders;
import dev.limner.protocol.RedriveHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A dead letter.
 *
 * @param place where it lies, {@code topic-partition@offset}
 * @param code why, as {@link dev.limner.protocol.ErrorCode} names it
 * @param reason why, in words
 * @param topic the job topic it came from
 * @param origin where it was there, {@code topic-partition@offset}
 * @param at when it was given up
 * @param redrive how often it had been sent again by then
 * @param cut whether only its beginning lies here, the whole in the store or nowhere
 */
record DeadLetterRecord(
        String place,
        String code,
        String reason,
        String topic,
        String origin,
        Instant at,
        int redrive,
        boolean cut,
        ConsumerRecord<byte[], byte[]> record) {
    private static final Pattern PLACE = Pattern.compile("(.+)-(\\d+)@(\\d+)");

    /** Empty for what is no dead letter of a worker's. */
    static Optional<DeadLetterRecord> of(ConsumerRecord<byte[], byte[]> record) {
        String reason = header(record.headers(), DeadLetterHeaders.REASON);
        String origin = header(record.headers(), DeadLetterHeaders.ORIGIN);
        String at = header(record.headers(), DeadLetterHeaders.AT);
        Matcher place = PLACE.matcher(origin == null ? "" : origin);
        if (reason == null || origin == null || at == null || !place.matches()) {
            return Optional.empty();
        }
        String redrive = header(record.headers(), DeadLetterHeaders.REDRIVE);
        try {
            return Optional.of(new DeadLetterRecord(
                    record.topic() + "-" + record.partition() + "@" + record.offset(),
                    reason.replaceAll(":.*", ""),
                    reason,
                    place.group(1),
                    origin,
                    Instant.parse(at),
                    redrive == null ? 0 : Integer.parseInt(redrive),
                    header(record.headers(), DeadLetterHeaders.OBJECT) != null
                            || header(record.headers(), DeadLetterHeaders.CUT_FROM) != null,
                    record));
        } catch (DateTimeParseException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** The job's record once more, one redrive further. */
    ProducerRecord<byte[], byte[]> again() {
        List<Header> headers = new ArrayList<>();
        record.headers().forEach(header -> {
            if (!header.key().startsWith(DeadLetterHeaders.PREFIX)) {
                headers.add(header);
            }
        });
        ProducerRecord<byte[], byte[]> job = new ProducerRecord<>(topic, null, record.key(), record.value(), headers);
        String first = header(record.headers(), DeadLetterHeaders.REDRIVE_ORIGIN);
        add(job, RedriveHeaders.REDRIVE, String.valueOf(redrive + 1));
        add(job, RedriveHeaders.ORIGIN, first == null ? origin : first);
        add(job, RedriveHeaders.LETTER, place);
        return job;
    }

    private static void add(ProducerRecord<byte[], byte[]> job, String name, String value) {
        job.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    static @Nullable String header(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
}
