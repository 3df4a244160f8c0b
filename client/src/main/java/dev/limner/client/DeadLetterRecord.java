package dev.limner.client;

import dev.limner.protocol.DeadLetterHeaders;
import dev.limner.protocol.RedriveHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.producer.ProducerRecord;

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
public record DeadLetterRecord(
        String place,
        String code,
        String reason,
        String topic,
        String origin,
        Instant at,
        int redrive,
        boolean cut,
        FleetRecord record) {
    private static final Pattern PLACE = Pattern.compile("(.+)-(\\d+)@(\\d+)");

    /** Empty for what is no dead letter of a worker's. */
    public static Optional<DeadLetterRecord> of(FleetRecord record) {
        String reason = record.header(DeadLetterHeaders.REASON).orElse(null);
        String origin = record.header(DeadLetterHeaders.ORIGIN).orElse(null);
        String at = record.header(DeadLetterHeaders.AT).orElse(null);
        Matcher place = PLACE.matcher(origin == null ? "" : origin);
        if (reason == null || origin == null || at == null || !place.matches()) {
            return Optional.empty();
        }
        String redrive = record.header(DeadLetterHeaders.REDRIVE).orElse(null);
        try {
            return Optional.of(new DeadLetterRecord(
                    record.place(),
                    reason.replaceAll(":.*", ""),
                    reason,
                    place.group(1),
                    origin,
                    Instant.parse(at),
                    redrive == null ? 0 : Integer.parseInt(redrive),
                    record.header(DeadLetterHeaders.OBJECT).orElse(null) != null
                            || record.header(DeadLetterHeaders.CUT_FROM).orElse(null) != null,
                    record));
        } catch (DateTimeParseException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** The job's record once more, one redrive further. */
    ProducerRecord<byte[], byte[]> again() {
        ProducerRecord<byte[], byte[]> job = new ProducerRecord<>(topic, record.key(), record.value());
        record.headers().stream()
                .filter(header -> !header.name().startsWith(DeadLetterHeaders.PREFIX))
                .forEach(header -> job.headers().add(header.name(), header.value()));
        add(job, RedriveHeaders.REDRIVE, String.valueOf(redrive + 1));
        add(
                job,
                RedriveHeaders.ORIGIN,
                record.header(DeadLetterHeaders.REDRIVE_ORIGIN).orElse(origin));
        add(job, RedriveHeaders.LETTER, place);
        return job;
    }

    private static void add(ProducerRecord<byte[], byte[]> job, String name, String value) {
        job.headers().add(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
